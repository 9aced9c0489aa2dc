// A real provider of identities with people who are none, for tests:
//
//   node provider.mjs < {"host", "port", "comes_back", "leaves_to", "ends_at", "accounts": {"login": {claims}}}
//
// It has one client, `engage`, and one to which it signs what it tells, as ProConnect does: `engage-signed`. It says to
// the first, at "ends_at", that a session has ended.
import { readFileSync } from 'node:fs';
import { Provider } from 'oidc-provider';

const given = JSON.parse(readFileSync(0, 'utf-8'));
const client = (client_id, more) => ({
  client_id,
  client_secret: 'a secret of tests: + & %41',
  redirect_uris: given.comes_back,
  post_logout_redirect_uris: given.leaves_to,
  ...more,
});
const provider = new Provider(`http://${given.host}:${given.port}`, {
  clients: [
    client('engage', { backchannel_logout_uri: given.ends_at, backchannel_logout_session_required: true }),
    client('engage-signed', { userinfo_signed_response_alg: 'RS256', id_token_signed_response_alg: 'ES256' }),
  ],
  claims: {
    openid: ['sub'],
    email: ['email', 'email_verified'],
    profile: ['name', 'groups'],
    // ProConnect's have a scope each.
    given_name: ['given_name'],
    usual_name: ['usual_name'],
    siret: ['siret'],
    idp_id: ['idp_id'],
  },
  scopes: ['openid', 'email', 'profile', 'given_name', 'usual_name', 'siret', 'idp_id'],
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256'], userinfoSigningAlgValues: ['RS256'] },
  jwks: given.jwks,
  cookies: { keys: ['of tests'] },
  features: { devInteractions: { enabled: true }, jwtUserinfo: { enabled: true }, backchannelLogout: { enabled: true } },
  // Without its guard, which lets it ask nobody on this machine.
  fetch: (address, { dispatcher, ...how }) => fetch(address, how),
  ttl: { Session: 3600, Grant: 3600, Interaction: 600, AccessToken: 600, AuthorizationCode: 60, IdToken: 600 },
  findAccount: (context, id) =>
    id in given.accounts ? { accountId: id, claims: () => ({ sub: id, ...given.accounts[id] }) } : undefined,
});
provider.listen(given.port, given.host, () => console.log('ready'));
