// Generated from the contracts' catalogue: `engage contracts export` writes it, nobody edits it.

/** A UUID in lower case. */
export type Uuid = string;
/** A time of RFC 3339 with its offset from UTC. */
export type DateTime = string;
/** A day, YYYY-MM-DD. */
export type CalendarDate = string;

/** An organisation as somebody typed it; null means that the form did not say. Intake repairs it or asks back. */
export interface DeclaredOrganisation {
  /** Name as the organisation writes it, at most 200 characters */
  readonly name?: number | string | null;
  /** SIREN, nine digits, as typed */
  readonly siren?: number | string | null;
  /** SIRET of an establishment, fourteen digits, as typed */
  readonly siret?: number | string | null;
  /** Number in the national register of associations, as typed */
  readonly rna?: number | string | null;
  /** association, foundation, endowment-fund, esus-company, corporate-foundation … */
  readonly legal_form?: number | string | null;
  /** The headquarters' commune: its INSEE code, or its name with its postal code */
  readonly commune?: number | string | null;
  /** Day of publication in the Journal officiel */
  readonly published_on?: number | string | null;
  /** Day of the approval as an ESUS company */
  readonly esus_approved_on?: number | string | null;
  /** Whole euros, in `income_year` */
  readonly operating_income_eur?: number | string | null;
  /** Calendar year of `operating_income_eur` */
  readonly income_year?: number | string | null;
  /** Already a laureate of the national contest */
  readonly laureate?: boolean | number | string | null;
  /** Calendar year of that laureate's edition */
  readonly laureate_year?: number | string | null;
}

/** A person as somebody typed them into a form; what is published of them is checked, on `contacts.v1`. */
export interface DeclaredPerson {
  /** The person's id, the same on every topic; the form's program gives it */
  readonly person_id: Uuid;
  /** First and last name Personal data: never log it, never pass it on. */
  readonly name?: number | string | null;
  /** Where mail reaches the person Personal data: never log it, never pass it on. */
  readonly email?: number | string | null;
  /** With or without the country's code Personal data: never log it, never pass it on. */
  readonly telephone?: number | string | null;
  /** The language of mail to the person: fr or en */
  readonly language?: number | string | null;
}

/** The project as somebody typed it; whether its text may be published, the form says by `texts_public`. */
export interface DeclaredProject {
  /** Name of the project, at most 200 characters */
  readonly title?: number | string | null;
  /** What the project does, for whom and how, at most 10,000 characters */
  readonly summary?: string | null;
  /** Social themes that it works on, at most 20 */
  readonly themes?: readonly (number | string | null)[] | null;
  /** Whom it serves, at most 20 */
  readonly publics?: readonly (number | string | null)[] | null;
  /** Where in the city, at most 50; empty where the form did not say */
  readonly territories?: readonly (number | string | null)[] | null;
  /** Years until it works in another administrative region */
  readonly spread_within_years?: number | string | null;
}

/** An association sent its application. */
export interface ApplicationSubmitted {
  /** Given by the form; the same for every correction */
  readonly application_id: Uuid;
  /** implantation: the City decides; contest: La France s'engage does */
  readonly track: "implantation" | "contest";
  /** When the applicant sent the form; decides the edition */
  readonly submitted_at: DateTime;
  /** Who applies; of a coalition, its lead */
  readonly organisation: DeclaredOrganisation;
  /** The other organisations of a coalition, at most 20 */
  readonly members?: readonly DeclaredOrganisation[] | null;
  /** What is applied for */
  readonly project: DeclaredProject;
  /** The person who leads the association (responsable) */
  readonly lead: DeclaredPerson;
  /** The lead agrees to the processing of their data */
  readonly consent?: boolean | number | string | null;
  /** Whether the project's title and summary, and an organisation's name that may be one person's, may be published; no keeps them to who has to act on the application, and null is asked back */
  readonly texts_public?: boolean | number | string | null;
}

/** The association sent its application again, in full, with corrections; `submitted_at` stays the first one's. */
export interface ApplicationCorrected {
  /** Given by the form; the same for every correction */
  readonly application_id: Uuid;
  /** implantation: the City decides; contest: La France s'engage does */
  readonly track: "implantation" | "contest";
  /** When the applicant sent the form; decides the edition */
  readonly submitted_at: DateTime;
  /** Who applies; of a coalition, its lead */
  readonly organisation: DeclaredOrganisation;
  /** The other organisations of a coalition, at most 20 */
  readonly members?: readonly DeclaredOrganisation[] | null;
  /** What is applied for */
  readonly project: DeclaredProject;
  /** The person who leads the association (responsable) */
  readonly lead: DeclaredPerson;
  /** The lead agrees to the processing of their data */
  readonly consent?: boolean | number | string | null;
  /** Whether the project's title and summary, and an organisation's name that may be one person's, may be published; no keeps them to who has to act on the application, and null is asked back */
  readonly texts_public?: boolean | number | string | null;
  /** When the applicant sent the correction */
  readonly corrected_at: DateTime;
}

/** The association takes its application back. */
export interface ApplicationWithdrawalRequested {
  /** The application that is taken back */
  readonly application_id: Uuid;
  /** When the applicant asked */
  readonly requested_at: DateTime;
  /** Why, as a code of the form's vocabulary */
  readonly reason?: string | null;
  /** Why, in the applicant's words; never passed on Personal data: never log it, never pass it on. */
  readonly comment?: string | null;
}

/** A directorate declares a need. */
export interface NeedDeclared {
  /** The need */
  readonly need_id: Uuid;
  /** Name of the need, at most 200 characters */
  readonly title?: number | string | null;
  /** What is lacking, for whom and where, at most 10,000 characters */
  readonly description?: string | null;
  /** Social themes that would answer it: one at least, at most 20 */
  readonly themes?: readonly (number | string | null)[] | null;
  /** Whom it concerns, at most 20; empty for anybody */
  readonly publics?: readonly (number | string | null)[] | null;
  /** Where in the city: one at least, at most 50 */
  readonly territories?: readonly (number | string | null)[] | null;
  /** How far it is covered today */
  readonly coverage: "uncovered" | "poorly-covered" | "covered";
  /** How pressing it is: an answer apart from the coverage */
  readonly salience: "ordinary" | "pressing";
  /** Projects that the need can take, at most 100,000 */
  readonly capacity?: number | string | null;
  /** The directorate of the City that owns it */
  readonly directorate?: number | string | null;
  /** The City's strategic axis that it belongs to */
  readonly strategic_axis?: number | string | null;
  /** What shows the need: figures, surveys, sources, at most 10,000 characters */
  readonly evidence?: string | null;
  /** After this day the need must be reviewed */
  readonly review_on?: number | string | null;
  /** The officer who is told of proposals */
  readonly owner: DeclaredPerson;
  /** When it was declared */
  readonly declared_at: DateTime;
}

/** A directorate declares the need again, whole, with changes. */
export interface NeedRevised {
  /** The need */
  readonly need_id: Uuid;
  /** Name of the need, at most 200 characters */
  readonly title?: number | string | null;
  /** What is lacking, for whom and where, at most 10,000 characters */
  readonly description?: string | null;
  /** Social themes that would answer it: one at least, at most 20 */
  readonly themes?: readonly (number | string | null)[] | null;
  /** Whom it concerns, at most 20; empty for anybody */
  readonly publics?: readonly (number | string | null)[] | null;
  /** Where in the city: one at least, at most 50 */
  readonly territories?: readonly (number | string | null)[] | null;
  /** How far it is covered today */
  readonly coverage: "uncovered" | "poorly-covered" | "covered";
  /** How pressing it is: an answer apart from the coverage */
  readonly salience: "ordinary" | "pressing";
  /** Projects that the need can take, at most 100,000 */
  readonly capacity?: number | string | null;
  /** The directorate of the City that owns it */
  readonly directorate?: number | string | null;
  /** The City's strategic axis that it belongs to */
  readonly strategic_axis?: number | string | null;
  /** What shows the need: figures, surveys, sources, at most 10,000 characters */
  readonly evidence?: string | null;
  /** After this day the need must be reviewed */
  readonly review_on?: number | string | null;
  /** The officer who is told of proposals */
  readonly owner: DeclaredPerson;
  /** When it was revised */
  readonly revised_at: DateTime;
}

/** The need takes no more projects; what is confirmed stays. */
export interface NeedClosed {
  /** The need */
  readonly need_id: Uuid;
  /** When it was closed */
  readonly closed_at: DateTime;
  /** Why, as a code of the form's vocabulary */
  readonly reason?: string | null;
  /** Why, in the officer's words; never passed on Personal data: never log it, never pass it on. */
  readonly comment?: string | null;
}

/** A City agent enrols as a mentor. */
export interface MentorEnrolled {
  /** The mentor; a person may have enrolled again under another */
  readonly mentor_id: Uuid;
  /** The City agent */
  readonly person: DeclaredPerson;
  /** The agent's function, not their name, at most 200 characters */
  readonly role?: number | string | null;
  /** The directorate of the City that the agent works for */
  readonly directorate?: number | string | null;
  /** Themes the mentor knows, at most 20 */
  readonly skills?: readonly (number | string | null)[] | null;
  /** Languages the mentor speaks: fr, en */
  readonly languages?: readonly (number | string | null)[] | null;
  /** Where in the city the mentor can be, at most 50 */
  readonly territories?: readonly (number | string | null)[] | null;
  /** When in the week the mentor can meet */
  readonly slots?: readonly string[];
  /** Pairs at one time, at most 20 */
  readonly capacity?: number | string | null;
  /** No new pair before that day; those held go on */
  readonly paused_until?: number | string | null;
  /** Applications whose file the agent handles, and so can't accompany */
  readonly handled_applications?: readonly Uuid[];
  /** Who is to authorise it, and is asked for what this form does not claim; null: nobody */
  readonly line_manager?: DeclaredPerson | null;
  /** The line manager has authorised it */
  readonly line_manager_authorised?: boolean;
  /** The last day of that authorisation; null: without end */
  readonly line_manager_authorised_until?: number | string | null;
  /** The ethics check is done */
  readonly ethics_check_done?: boolean;
  /** When the agent enrolled */
  readonly enrolled_at: DateTime;
}

/** The enrolment again, whole, with changes (an authorisation given, a capacity changed …). */
export interface MentorRevised {
  /** The mentor; a person may have enrolled again under another */
  readonly mentor_id: Uuid;
  /** The City agent */
  readonly person: DeclaredPerson;
  /** The agent's function, not their name, at most 200 characters */
  readonly role?: number | string | null;
  /** The directorate of the City that the agent works for */
  readonly directorate?: number | string | null;
  /** Themes the mentor knows, at most 20 */
  readonly skills?: readonly (number | string | null)[] | null;
  /** Languages the mentor speaks: fr, en */
  readonly languages?: readonly (number | string | null)[] | null;
  /** Where in the city the mentor can be, at most 50 */
  readonly territories?: readonly (number | string | null)[] | null;
  /** When in the week the mentor can meet */
  readonly slots?: readonly string[];
  /** Pairs at one time, at most 20 */
  readonly capacity?: number | string | null;
  /** No new pair before that day; those held go on */
  readonly paused_until?: number | string | null;
  /** Applications whose file the agent handles, and so can't accompany */
  readonly handled_applications?: readonly Uuid[];
  /** Who is to authorise it, and is asked for what this form does not claim; null: nobody */
  readonly line_manager?: DeclaredPerson | null;
  /** The line manager has authorised it */
  readonly line_manager_authorised?: boolean;
  /** The last day of that authorisation; null: without end */
  readonly line_manager_authorised_until?: number | string | null;
  /** The ethics check is done */
  readonly ethics_check_done?: boolean;
  /** When the enrolment was changed */
  readonly revised_at: DateTime;
}

/** The mentor leaves the programme. */
export interface MentorWithdrawn {
  /** The mentor who leaves */
  readonly mentor_id: Uuid;
  /** When the mentor left */
  readonly withdrawn_at: DateTime;
  /** Why, as a code of the form's vocabulary */
  readonly reason?: string | null;
  /** Why, in the mentor's words; never passed on Personal data: never log it, never pass it on. */
  readonly comment?: string | null;
}

/** The mentor abstains wholly from an application's file (déport). */
export interface RecusalDeclared {
  /** The mentor who abstains */
  readonly mentor_id: Uuid;
  /** The file that the mentor abstains from */
  readonly application_id: Uuid;
  /** When it was declared */
  readonly declared_at: DateTime;
}

/** An officer of the City confirms or declines a proposed assignment. */
export interface AssignmentDecided {
  /** The assignment that is decided upon */
  readonly assignment_id: Uuid;
  /** What was decided */
  readonly decision: "confirm" | "decline";
  /** Id of the officer */
  readonly decided_by: Uuid;
  /** When the officer decided */
  readonly decided_at: DateTime;
  /** Why, as a code of the form's vocabulary; required for a decline */
  readonly reason?: string | null;
  /** Why, in the officer's words; never passed on Personal data: never log it, never pass it on. */
  readonly comment?: string | null;
}

/** An officer of the City takes a confirmation back; the pair of project and need is not proposed again. */
export interface AssignmentUndoRequested {
  /** The assignment that was confirmed */
  readonly assignment_id: Uuid;
  /** Id of the officer */
  readonly requested_by: Uuid;
  /** When the officer asked */
  readonly requested_at: DateTime;
  /** Why, as a code of the form's vocabulary */
  readonly reason: string;
  /** Why, in the officer's words; never passed on Personal data: never log it, never pass it on. */
  readonly comment?: string | null;
}

/** An officer of the City wants a project held against a need, or never held against it, whatever the engine says.

A pin is a proposal that no later event moves; a lift takes a pin or a ban back. */
export interface PlacementDecided {
  /** The application */
  readonly application_id: Uuid;
  /** The need */
  readonly need_id: Uuid;
  /** What was decided */
  readonly decision: "pin" | "forbid" | "lift";
  /** Id of the officer */
  readonly decided_by: Uuid;
  /** When the officer decided */
  readonly decided_at: DateTime;
  /** Why, as a code of the form's vocabulary */
  readonly reason: string;
  /** Why, in the officer's words; never passed on Personal data: never log it, never pass it on. */
  readonly comment?: string | null;
}

/** An officer abstains wholly from an application's file (déport): no need of theirs is considered for it. */
export interface OfficerRecused {
  /** The officer who abstains */
  readonly person_id: Uuid;
  /** The file that the officer abstains from */
  readonly application_id: Uuid;
  /** When it was declared */
  readonly declared_at: DateTime;
}

/** A round (session d'affectation) over everything that waits on a track is asked for. */
export interface RoundRequested {
  /** Given by the form */
  readonly round_id: Uuid;
  /** The track whose applications take part */
  readonly track: "implantation" | "contest";
  /** Id of the officer */
  readonly requested_by: Uuid;
  /** When the round was asked for */
  readonly requested_at: DateTime;
}

/** What a jury gave an application under one criterion; 0 is a score, null is none. */
export interface CriterionScore {
  /** The criterion, such as social-impact or spread */
  readonly criterion: string;
  /** Points out of `maximum`; null where it was not assessed */
  readonly points: number | null;
  /** What could be reached, in points */
  readonly maximum: number;
}

/** La France s'engage decided on an application to the contest; secret until its publication. */
export interface ContestDecided {
  /** The application to the contest */
  readonly application_id: Uuid;
  /** What was decided */
  readonly decision: "laureate" | "not-retained";
  /** By criterion */
  readonly scores?: readonly CriterionScore[];
  /** Id of the jury */
  readonly decided_by: Uuid;
  /** When it was decided */
  readonly decided_at: DateTime;
  /** Embargo: before this moment nobody is told */
  readonly publish_at: DateTime;
  /** Why, as a code of the form's vocabulary */
  readonly reason?: string | null;
  /** Why, in the jury's words; never passed on Personal data: never log it, never pass it on. */
  readonly comment?: string | null;
}

/** Somebody entitled to it asks for the pair's end. */
export interface PairEndRequested {
  /** The pair that is to end */
  readonly pair_id: Uuid;
  /** Who asks, by their id */
  readonly requested_by: string;
  /** When they asked */
  readonly requested_at: DateTime;
  /** Why, as a code of the form's vocabulary */
  readonly reason: string;
  /** Why, in their words; never passed on Personal data: never log it, never pass it on. */
  readonly comment?: string | null;
}

/** The mentor or the lead answers an offer. */
export interface PairAnswered {
  /** The pair that was offered */
  readonly pair_id: Uuid;
  /** Who answers */
  readonly party: "mentor" | "lead";
  /** What they answer */
  readonly answer: "accept" | "decline";
  /** When they answered */
  readonly answered_at: DateTime;
  /** Why, as a code of the form's vocabulary */
  readonly reason?: string | null;
  /** Why, in their words; never passed on Personal data: never log it, never pass it on. */
  readonly comment?: string | null;
}

/** An owner of needs names who may decide in their place from now on; a later one replaces it. */
export interface DeputyNamed {
  /** The owner, who names them */
  readonly owner_id: Uuid;
  /** The deputy; null for nobody any more */
  readonly deputy?: DeclaredPerson | null;
  /** Until when they stand in; null for until another is named */
  readonly until?: DateTime | null;
  /** When they were named */
  readonly named_at: DateTime;
}

/** Who was asked for a mentor's clearance gives or refuses it. */
export interface MentorClearanceAnswered {
  /** The clearance that was asked for */
  readonly clearance_id: Uuid;
  /** The mentor whom it is for */
  readonly mentor_id: Uuid;
  /** The person who answers: only who was asked can */
  readonly answered_by: Uuid;
  /** What they answer */
  readonly answer: "give" | "refuse";
  /** The last day of a line manager's authorisation; null: without end */
  readonly until?: CalendarDate | null;
  /** When they answered */
  readonly answered_at: DateTime;
}

/** A mentor and a lead met. Nothing of what they said is asked for. */
export interface MeetingReported {
  /** The pair that met */
  readonly pair_id: Uuid;
  /** The meeting, an id that the form gives */
  readonly meeting_id: Uuid;
  /** The day on which they met */
  readonly held_on: CalendarDate;
  /** How long they met */
  readonly minutes: number;
  /** The obstacle that was touched, if one was */
  readonly obstacle_id?: Uuid | null;
  /** What comes next, as a code of the form's vocabulary */
  readonly next_step?: string | null;
  /** Who reports it, by their id */
  readonly reported_by: string;
  /** When it was reported */
  readonly reported_at: DateTime;
}

/** The mentor or the lead looks back, towards the end of a pair's term, and says whether to go on. */
export interface PairReviewed {
  /** The pair that is reviewed */
  readonly pair_id: Uuid;
  /** Who reviews it */
  readonly party: "mentor" | "lead";
  /** Whether they would go on for another term */
  readonly wish: "go-on" | "finish";
  /** Whether what they had set out to do was reached */
  readonly goals?: "reached" | "partly" | "not-reached" | null;
  /** When they answered */
  readonly reviewed_at: DateTime;
}

/** A pair rests until a day: nobody is reminded to meet before it. */
export interface PairPauseRequested {
  /** The pair that rests */
  readonly pair_id: Uuid;
  /** The day on which it goes on */
  readonly until: CalendarDate;
  /** Why, as a code of the form's vocabulary */
  readonly reason: string;
  /** Who asks, by their id */
  readonly requested_by: string;
  /** When they asked */
  readonly requested_at: DateTime;
}

/** A lead says what they look for in a mentor, whole; the latest counts, for the next offer on. */
export interface LeadWishesGiven {
  /** The confirmed assignment that is to be accompanied */
  readonly assignment_id: Uuid;
  /** What the mentor should know; the project's themes where it is empty */
  readonly skills?: readonly string[];
  /** Languages the lead speaks: a mentor shares one of them; any where it is empty */
  readonly languages?: readonly ("fr" | "en")[];
  /** When in the week they can meet; any time where empty */
  readonly slots?: readonly string[];
  /** Who says so, by their id */
  readonly given_by: string;
  /** When it was said */
  readonly given_at: DateTime;
}

/** A mentor, a lead or an officer says what stands in a project's way. */
export interface ObstacleReported {
  /** The confirmed assignment that is hindered */
  readonly assignment_id: Uuid;
  /** The obstacle, an id that the form gives */
  readonly obstacle_id: Uuid;
  /** premises, authorisation, funding, partners, recruitment, other */
  readonly kind: string;
  /** The city service that should lift it; null for the directorate that owns the need */
  readonly service?: string | null;
  /** Who reports it, by their id */
  readonly reported_by: string;
  /** When it was reported */
  readonly reported_at: DateTime;
  /** What it is, in their words: shown to who is to lift it, and to nobody else Personal data: never log it, never pass it on. */
  readonly comment?: string | null;
}

/** A city service takes an obstacle, hands it on, lifts it, or somebody abandons it. */
export interface ObstacleUpdated {
  /** The assignment that is hindered */
  readonly assignment_id: Uuid;
  /** The obstacle */
  readonly obstacle_id: Uuid;
  /** What happened to it */
  readonly update: "take" | "lift" | "abandon";
  /** Where it is taken: by which service; null for its owner */
  readonly service?: string | null;
  /** Who says so, by their id */
  readonly updated_by: string;
  /** When it happened */
  readonly updated_at: DateTime;
  /** Why, as a code of the form's vocabulary; required where it is abandoned */
  readonly reason?: string | null;
  /** Why, in their words; never passed on Personal data: never log it, never pass it on. */
  readonly comment?: string | null;
}

/** The City begins, finishes or drops an action of a support plan. */
export interface SupportActionReported {
  /** The confirmed assignment that is supported */
  readonly assignment_id: Uuid;
  /** rooting, networking, deployment or obstacle-lifting */
  readonly action: string;
  /** What happened to it */
  readonly update: "start" | "finish" | "drop";
  /** Why, as a code of the form's vocabulary; required where it is dropped */
  readonly reason?: string | null;
  /** Who says so, by their id */
  readonly reported_by: string;
  /** When it happened */
  readonly reported_at: DateTime;
  /** Why, in their words; never passed on Personal data: never log it, never pass it on. */
  readonly comment?: string | null;
}

/** A project was introduced to an incubator or another partner, or what came of that is known now. */
export interface IntroductionReported {
  /** The confirmed assignment that is supported */
  readonly assignment_id: Uuid;
  /** The introduction, an id that the form gives */
  readonly introduction_id: Uuid;
  /** What sort of partner it is */
  readonly partner_kind: "incubator" | "city-service" | "association" | "company" | "funder" | "other";
  /** Name of the organisation, never of a person */
  readonly partner_name: string;
  /** The day on which it was made */
  readonly made_on: CalendarDate;
  /** What came of it so far */
  readonly outcome?: "awaited" | "in-contact" | "cooperation" | "nothing-came-of-it";
  /** Who reports it, by their id */
  readonly reported_by: string;
  /** When it was reported */
  readonly reported_at: DateTime;
}

/** A figure of a project's impact. */
export interface Indicator {
  /** What is counted, such as people-reached or jobs-created */
  readonly code: string;
  /** How many */
  readonly value: number;
}

/** A lead reports a project's figures: of the beginning, or of a whole year since. */
export interface ImpactReported {
  /** The confirmed assignment */
  readonly assignment_id: Uuid;
  /** 0 for the figures it began with; 1 for its first year … */
  readonly year: number;
  /** The figures, at least one, each once */
  readonly indicators: readonly Indicator[];
  /** Who reports them, by their id */
  readonly reported_by: string;
  /** When they were reported */
  readonly reported_at: DateTime;
}

/** A person is to be forgotten: how to reach them, what they sent and what was written to them.

Every service obeys, whatever it reads first: of what they sent before they asked nothing is kept, however late it
is read. Decisions stay, under ids that lead nowhere any more. A form that they send later is taken in as any other. */
export interface ErasureRequested {
  /** The person */
  readonly person_id: Uuid;
  /** What becomes of applications that they lead */
  readonly applications?: "go-on" | "withdraw";
  /** When they asked, or somebody entitled to it did */
  readonly requested_at: DateTime;
}

/** An organisation with cleaned identifiers: public facts only. */
export interface Organisation {
  /** Name as the organisation writes it; (non publié) where it may be one person's who did not agree */
  readonly name: string;
  /** SIREN, nine digits, checked */
  readonly siren?: string | null;
  /** Number in the national register of associations, cleaned */
  readonly rna?: string | null;
  /** INSEE code of the headquarters' commune */
  readonly commune?: string | null;
  /** siren, rna, or name-and-commune (then the application is flagged) */
  readonly identified_by: string;
}

/** A project as it is assigned to needs. */
export interface Project {
  /** Name of the project; (non publié) where who wrote it did not agree */
  readonly title: string;
  /** What the project does, for whom and how; (non publié) where who wrote it did not agree */
  readonly summary: string;
  /** Social themes that it works on */
  readonly themes: readonly string[];
  /** Whom it serves */
  readonly publics: readonly string[];
  /** Where in the city; empty where that is not known */
  readonly territories: readonly string[];
}

/** A theme or a public that the project's text suggests; it counts for nothing until the applicant confirms it. */
export interface ProposedTag {
  /** theme or public */
  readonly kind: "theme" | "public";
  /** The tag */
  readonly code: string;
  /** The words of the text that suggest it, as they are written there, in its order; none where the text may not be published */
  readonly because: readonly string[];
}

/** Why something was refused, asked for or flagged: a code for machines, a sentence for people. */
export interface Reason {
  /** For machines: a code of a versioned vocabulary */
  readonly code: string;
  /** The form's field, as a dotted path */
  readonly field?: string | null;
  /** For people, in French */
  readonly fr: string;
  /** For people, in English */
  readonly en: string;
  /** Where a code or a territory is not known: the known one that was probably meant */
  readonly nearest?: string | null;
}

/** The application meets every rule of its edition and takes part. */
export interface ApplicationRegistered {
  /** State before; null for a new one */
  readonly from?: "registered" | "rejected" | "correction-requested" | "withdrawn" | string | null;
  /** State after */
  readonly to: "registered" | "rejected" | "correction-requested" | "withdrawn" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The application */
  readonly application_id: Uuid;
  /** implantation: the City decides; contest: La France s'engage does */
  readonly track: "implantation" | "contest";
  /** The edition whose rules were read, such as contest-2025 */
  readonly edition: string;
  /** The person who leads the association; how to reach them is on contacts.v1 */
  readonly lead_id: Uuid;
  /** Who applies */
  readonly organisation: Organisation;
  /** Name of the project; (non publié) where who wrote it did not agree */
  readonly project_title: string;
  /** Version of the rules that were read */
  readonly rules_version: string;
  /** What is assigned to needs */
  readonly project: Project;
  /** Organisations of a coalition besides its lead; 0 for none */
  readonly members?: number;
  /** Codes that no vocabulary has: taken as they are, or corrected */
  readonly remarks?: readonly Reason[];
  /** For a form that names no theme, or no public: confirmed by a correction that does */
  readonly proposed_tags?: readonly ProposedTag[];
  /** Version of the lexicon that proposed them */
  readonly lexicon_version?: string | null;
}

/** A registered application has a new version that still meets every rule. */
export interface ApplicationAmended {
  /** State before; null for a new one */
  readonly from?: "registered" | "rejected" | "correction-requested" | "withdrawn" | string | null;
  /** State after */
  readonly to: "registered" | "rejected" | "correction-requested" | "withdrawn" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The application */
  readonly application_id: Uuid;
  /** implantation: the City decides; contest: La France s'engage does */
  readonly track: "implantation" | "contest";
  /** The edition whose rules were read, such as contest-2025 */
  readonly edition: string;
  /** The person who leads the association; how to reach them is on contacts.v1 */
  readonly lead_id: Uuid;
  /** Who applies */
  readonly organisation: Organisation;
  /** Name of the project; (non publié) where who wrote it did not agree */
  readonly project_title: string;
  /** Version of the rules that were read */
  readonly rules_version: string;
  /** What is assigned to needs */
  readonly project: Project;
  /** Organisations of a coalition besides its lead; 0 for none */
  readonly members?: number;
  /** Codes that no vocabulary has: taken as they are, or corrected */
  readonly remarks?: readonly Reason[];
}

/** At least one rule fails; every reason is given. */
export interface ApplicationRejected {
  /** State before; null for a new one */
  readonly from?: "registered" | "rejected" | "correction-requested" | "withdrawn" | string | null;
  /** State after */
  readonly to: "registered" | "rejected" | "correction-requested" | "withdrawn" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The application */
  readonly application_id: Uuid;
  /** implantation: the City decides; contest: La France s'engage does */
  readonly track: "implantation" | "contest";
  /** The edition whose rules were read, such as contest-2025 */
  readonly edition: string;
  /** The person who leads the association; how to reach them is on contacts.v1 */
  readonly lead_id: Uuid;
  /** Who applies */
  readonly organisation: Organisation;
  /** Name of the project; (non publié) where who wrote it did not agree */
  readonly project_title: string;
  /** Version of the rules that were read */
  readonly rules_version: string;
  /** Every rule that fails, with the field it reads */
  readonly reasons: readonly Reason[];
  /** What is missing or can't be read besides; it can be mended, and that alone changes nothing */
  readonly asked?: readonly Reason[];
}

/** At least one rule can't be answered; the fields or documents that are missing are asked for. */
export interface CorrectionRequested {
  /** State before; null for a new one */
  readonly from?: "registered" | "rejected" | "correction-requested" | "withdrawn" | string | null;
  /** State after */
  readonly to: "registered" | "rejected" | "correction-requested" | "withdrawn" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The application */
  readonly application_id: Uuid;
  /** implantation: the City decides; contest: La France s'engage does */
  readonly track: "implantation" | "contest";
  /** The edition whose rules were read, such as contest-2025 */
  readonly edition: string;
  /** The person who leads the association; how to reach them is on contacts.v1 */
  readonly lead_id: Uuid;
  /** Who applies */
  readonly organisation: Organisation;
  /** Name of the project; (non publié) where who wrote it did not agree */
  readonly project_title: string;
  /** Version of the rules that were read */
  readonly rules_version: string;
  /** Every field or document that is missing, and why it is needed */
  readonly reasons: readonly Reason[];
}

/** Something a person should look at (a possible duplicate, an earlier laureate …); nothing is dropped. */
export interface ApplicationFlagged {
  /** State before; null for a new one */
  readonly from?: "registered" | "rejected" | "correction-requested" | "withdrawn" | string | null;
  /** State after */
  readonly to: "registered" | "rejected" | "correction-requested" | "withdrawn" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The application */
  readonly application_id: Uuid;
  /** implantation: the City decides; contest: La France s'engage does */
  readonly track: "implantation" | "contest";
  /** The edition whose rules were read, such as contest-2025 */
  readonly edition: string;
  /** The person who leads the association; how to reach them is on contacts.v1 */
  readonly lead_id: Uuid;
  /** Who applies */
  readonly organisation: Organisation;
  /** Name of the project; (non publié) where who wrote it did not agree */
  readonly project_title: string;
  /** Version of the rules that were read */
  readonly rules_version: string;
  /** What was noticed */
  readonly flags: readonly Reason[];
  /** The applications it resembles, of many the first */
  readonly related_application_ids?: readonly Uuid[];
}

/** A form about an application that is not its source's, or that names another source's person; nothing changed. */
export interface ApplicationFormRefused {
  /** The application that the form was about */
  readonly application_id: Uuid;
  /** When the form was sent */
  readonly occurred_at: DateTime;
  /** Why it can't be taken */
  readonly reasons: readonly Reason[];
}

/** What an application's form said was forgotten, because its lead asked for it; its decisions stay. */
export interface ApplicationContentErased {
  /** The application */
  readonly application_id: Uuid;
  /** The person who led it, by an id that leads nowhere any more */
  readonly lead_id: Uuid;
  /** When it was asked for */
  readonly occurred_at: DateTime;
}

/** The application was taken back and takes no further part. */
export interface ApplicationWithdrawn {
  /** State before; null for a new one */
  readonly from?: "registered" | "rejected" | "correction-requested" | "withdrawn" | string | null;
  /** State after */
  readonly to: "registered" | "rejected" | "correction-requested" | "withdrawn" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The application */
  readonly application_id: Uuid;
  /** implantation: the City decides; contest: La France s'engage does */
  readonly track: "implantation" | "contest";
  /** The edition whose rules were read, such as contest-2025 */
  readonly edition: string;
  /** The person who leads the association; how to reach them is on contacts.v1 */
  readonly lead_id: Uuid;
  /** Who applies */
  readonly organisation: Organisation;
  /** Name of the project; (non publié) where who wrote it did not agree */
  readonly project_title: string;
  /** Version of the rules that were read */
  readonly rules_version: string;
}

/** The public description of a need. */
export interface Need {
  /** Name of the need */
  readonly title: string;
  /** What is lacking, for whom and where */
  readonly description: string;
  /** Social themes that would answer it */
  readonly themes: readonly string[];
  /** Whom it concerns; empty for anybody */
  readonly publics: readonly string[];
  /** Where in the city */
  readonly territories: readonly string[];
  /** How far it is covered today */
  readonly coverage: "uncovered" | "poorly-covered" | "covered";
  /** How pressing it is: an answer apart from the coverage */
  readonly salience: "ordinary" | "pressing";
  /** Projects that the need can take */
  readonly capacity: number;
  /** The directorate of the City that owns it */
  readonly directorate: string;
  /** The City's strategic axis that it belongs to */
  readonly strategic_axis: string | null;
  /** After this day the need must be reviewed */
  readonly review_on: CalendarDate | null;
}

/** The current state of an open need; a tombstone with the same key says that it closed. */
export interface NeedPublished {
  /** State before; null for a new one */
  readonly from?: "open" | "review-due" | "closed" | string | null;
  /** State after */
  readonly to: "open" | "review-due" | "closed" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: "declared" | "revised" | "review-date-passed" | "owner-replaced" | string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The need */
  readonly need_id: Uuid;
  /** The officer who is told of proposals */
  readonly owner_id: Uuid;
  /** The need as it stands */
  readonly need: Need;
}

/** One part of the fit of a project to a need, in points out of `maximum`. */
export interface FitPart {
  /** theme, public, territory, readiness, text … */
  readonly name: string;
  /** What the project reaches, in points */
  readonly points: number;
  /** What it could reach, in points */
  readonly maximum: number;
  /** What the points are for, in French */
  readonly fr: string;
  /** What the points are for, in English */
  readonly en: string;
}

/** What is compared level by level: the first that differs decides. */
export interface Levels {
  /** Places of territories that are to be filled at least, and are */
  readonly equity?: number;
  /** Points of urgency of the needs that are answered */
  readonly coverage: number;
  /** Published assignments that stay */
  readonly kept: number;
  /** Points of fit */
  readonly fit: number;
}

/** The engine proposes an assignment, with the parts of its fit. */
export interface AssignmentProposed {
  /** State before; null for a new one */
  readonly from?: "proposed" | "confirmed" | "declined" | "released" | string | null;
  /** State after */
  readonly to: "proposed" | "confirmed" | "declined" | "released" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The assignment */
  readonly assignment_id: Uuid;
  /** The application that is held against the need */
  readonly application_id: Uuid;
  /** The need */
  readonly need_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The officer who owns the need, or their deputy where they asked to be forgotten */
  readonly owner_id: Uuid;
  /** The directorate of the City that owns the need */
  readonly directorate: string;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** Name of the need */
  readonly need_title: string;
  /** Of the project */
  readonly themes: readonly string[];
  /** Of the project */
  readonly territories: readonly string[];
  /** Who is to decide: the need's owner, or their deputy where the owner abstains from the file or is gone; null where only a head of the programme can, and in what was said before this field was */
  readonly decider_id?: Uuid | null;
  /** Sum of the parts, in points */
  readonly fit: number;
  /** What the fit is made of */
  readonly parts: readonly FitPart[];
  /** Version of the rules that were read */
  readonly rules_version: string;
  /** An officer wants it: no later event moves it */
  readonly pinned?: boolean;
  /** What an officer's word costs all others; null without one */
  readonly cost?: Levels | null;
}

/** An officer confirmed it. */
export interface AssignmentConfirmed {
  /** State before; null for a new one */
  readonly from?: "proposed" | "confirmed" | "declined" | "released" | string | null;
  /** State after */
  readonly to: "proposed" | "confirmed" | "declined" | "released" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The assignment */
  readonly assignment_id: Uuid;
  /** The application that is held against the need */
  readonly application_id: Uuid;
  /** The need */
  readonly need_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The officer who owns the need, or their deputy where they asked to be forgotten */
  readonly owner_id: Uuid;
  /** The directorate of the City that owns the need */
  readonly directorate: string;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** Name of the need */
  readonly need_title: string;
  /** Of the project */
  readonly themes: readonly string[];
  /** Of the project */
  readonly territories: readonly string[];
  /** Who is to decide: the need's owner, or their deputy where the owner abstains from the file or is gone; null where only a head of the programme can, and in what was said before this field was */
  readonly decider_id?: Uuid | null;
}

/** An officer declined it; the pair of project and need is not proposed again. */
export interface AssignmentDeclined {
  /** State before; null for a new one */
  readonly from?: "proposed" | "confirmed" | "declined" | "released" | string | null;
  /** State after */
  readonly to: "proposed" | "confirmed" | "declined" | "released" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The assignment */
  readonly assignment_id: Uuid;
  /** The application that is held against the need */
  readonly application_id: Uuid;
  /** The need */
  readonly need_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The officer who owns the need, or their deputy where they asked to be forgotten */
  readonly owner_id: Uuid;
  /** The directorate of the City that owns the need */
  readonly directorate: string;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** Name of the need */
  readonly need_title: string;
  /** Of the project */
  readonly themes: readonly string[];
  /** Of the project */
  readonly territories: readonly string[];
  /** Who is to decide: the need's owner, or their deputy where the owner abstains from the file or is gone; null where only a head of the programme can, and in what was said before this field was */
  readonly decider_id?: Uuid | null;
}

/** It ended for another reason: the application was withdrawn, the need closed or changed, a confirmation undone. */
export interface AssignmentReleased {
  /** State before; null for a new one */
  readonly from?: "proposed" | "confirmed" | "declined" | "released" | string | null;
  /** State after */
  readonly to: "proposed" | "confirmed" | "declined" | "released" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The assignment */
  readonly assignment_id: Uuid;
  /** The application that is held against the need */
  readonly application_id: Uuid;
  /** The need */
  readonly need_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The officer who owns the need, or their deputy where they asked to be forgotten */
  readonly owner_id: Uuid;
  /** The directorate of the City that owns the need */
  readonly directorate: string;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** Name of the need */
  readonly need_title: string;
  /** Of the project */
  readonly themes: readonly string[];
  /** Of the project */
  readonly territories: readonly string[];
  /** Who is to decide: the need's owner, or their deputy where the owner abstains from the file or is gone; null where only a head of the programme can, and in what was said before this field was */
  readonly decider_id?: Uuid | null;
}

/** What was said of a live assignment has changed: its lead, owner, who decides, a name, a theme or a territory.

Its state stays, and every field says what holds now. Each change is said, of proposals and of confirmed ones. */
export interface AssignmentAmended {
  /** State before; null for a new one */
  readonly from?: "proposed" | "confirmed" | "declined" | "released" | string | null;
  /** State after */
  readonly to: "proposed" | "confirmed" | "declined" | "released" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The assignment */
  readonly assignment_id: Uuid;
  /** The application that is held against the need */
  readonly application_id: Uuid;
  /** The need */
  readonly need_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The officer who owns the need, or their deputy where they asked to be forgotten */
  readonly owner_id: Uuid;
  /** The directorate of the City that owns the need */
  readonly directorate: string;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** Name of the need */
  readonly need_title: string;
  /** Of the project */
  readonly themes: readonly string[];
  /** Of the project */
  readonly territories: readonly string[];
  /** Who is to decide: the need's owner, or their deputy where the owner abstains from the file or is gone; null where only a head of the programme can, and in what was said before this field was */
  readonly decider_id?: Uuid | null;
}

/** A decision that the assignment's state does not allow; nothing changed. */
export interface AssignmentDecisionRefused {
  /** The assignment that was decided upon */
  readonly assignment_id: Uuid;
  /** What was decided, and is refused */
  readonly decision: "confirm" | "decline";
  /** Who decided */
  readonly actor: string;
  /** When it was decided */
  readonly occurred_at: DateTime;
  /** Why it can't be done */
  readonly reasons: readonly Reason[];
  /** The application of the assignment */
  readonly application_id?: Uuid | null;
  /** Name of the organisation that applied */
  readonly organisation_name?: string | null;
  /** Name of the project */
  readonly project_title?: string | null;
  /** Name of the need */
  readonly need_title?: string | null;
}

/** A confirmation that can't be taken back, or not by who asked; nothing changed. */
export interface AssignmentUndoRefused {
  /** The assignment that was meant */
  readonly assignment_id: Uuid;
  /** The application of the assignment */
  readonly application_id: Uuid;
  /** Who asked */
  readonly actor: string;
  /** When it was asked for */
  readonly occurred_at: DateTime;
  /** Why it can't be done */
  readonly reasons: readonly Reason[];
  /** Name of the organisation that applied */
  readonly organisation_name?: string | null;
  /** Name of the project */
  readonly project_title?: string | null;
  /** Name of the need */
  readonly need_title?: string | null;
}

/** An officer's word on a project and a need that can't be followed; nothing changed. */
export interface PlacementDecisionRefused {
  /** The application */
  readonly application_id: Uuid;
  /** The need */
  readonly need_id: Uuid;
  /** What was decided, and is refused */
  readonly decision: "pin" | "forbid" | "lift";
  /** Who decided */
  readonly actor: string;
  /** When it was decided */
  readonly occurred_at: DateTime;
  /** Why it can't be done */
  readonly reasons: readonly Reason[];
  /** Name of the organisation that applied */
  readonly organisation_name?: string | null;
  /** Name of the project */
  readonly project_title?: string | null;
  /** Name of the need */
  readonly need_title?: string | null;
}

/** A form about a need that can't be read, is not its source's, or names another's person; nothing changed. */
export interface NeedFormRefused {
  /** The need that the form was about */
  readonly need_id: Uuid;
  /** When the form was sent */
  readonly occurred_at: DateTime;
  /** Why it can't be taken */
  readonly reasons: readonly Reason[];
}

/** A need was taken with codes that no vocabulary has (themes, publics, a directorate, an axis), kept as they are.

Nothing meets them that does not name them too; a revision mends it. */
export interface NeedFlagged {
  /** The need */
  readonly need_id: Uuid;
  /** The need's version that has them */
  readonly version: number;
  /** When the form was sent */
  readonly occurred_at: DateTime;
  /** What is not known, by its place in the form, and the nearest that is */
  readonly flags: readonly Reason[];
}

/** The day has passed after which a need must be reviewed: it takes no project until it is declared again. */
export interface NeedReviewDue {
  /** The need */
  readonly need_id: Uuid;
  /** The officer who is told */
  readonly owner_id: Uuid;
  /** Name of the need */
  readonly need_title: string;
  /** The directorate of the City that owns it */
  readonly directorate: string;
  /** The day after which it must be reviewed */
  readonly review_on: CalendarDate | null;
  /** The need's version that takes no project */
  readonly version: number;
  /** When it became due */
  readonly occurred_at: DateTime;
}

/** How many applications a gate kept from a need. */
export interface GateCount {
  /** territory, theme-or-public, forbidden, recused, floor */
  readonly gate: string;
  /** How many it kept away; one may be kept away by several gates */
  readonly applications: number;
}

/** A round leaves an open need without any project, and why. */
export interface NeedUnmet {
  /** The round */
  readonly round_id: Uuid;
  /** The need that nobody answers */
  readonly need_id: Uuid;
  /** Name of the need */
  readonly need_title: string;
  /** The directorate of the City that owns the need */
  readonly directorate: string;
  /** The officer who owns the need, and is told */
  readonly owner_id?: Uuid | null;
  /** no-candidates, all-gated, placed-elsewhere, territory-full or no-capacity */
  readonly cause: Reason;
  /** What kept applications away, the most frequent first */
  readonly gates: readonly GateCount[];
  /** Applications that could answer the need and are held elsewhere */
  readonly candidates: number;
  /** When the round was asked for */
  readonly occurred_at: DateTime;
}

/** A round leaves an application without a need, why, and what would change it. */
export interface ApplicationUnplaced {
  /** The application that no need holds */
  readonly application_id: Uuid;
  /** The round */
  readonly round_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** no-open-need, no-need-meets or places-taken */
  readonly cause: Reason;
  /** What the applicant can correct; empty where nothing of theirs is in the way */
  readonly remedies: readonly Reason[];
  /** The engine, with its rules' version */
  readonly actor: string;
  /** When the round was asked for */
  readonly occurred_at: DateTime;
  /** Version of the rules that were read */
  readonly rules_version: string;
}

/** A need that a project of the contest would answer, and how strongly. */
export interface Nomination {
  /** The need */
  readonly need_id: Uuid;
  /** Name of the need */
  readonly need_title: string;
  /** The directorate of the City that owns the need */
  readonly directorate: string;
  /** Sum of the parts, in points */
  readonly fit: number;
  /** What the fit is made of */
  readonly parts: readonly FitPart[];
}

/** The City points La France s'engage at a project of the contest: the needs that it would answer. */
export interface NominationProposed {
  /** The application to the contest */
  readonly application_id: Uuid;
  /** The round that yields it */
  readonly round_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** The need that the optimum would hold it against; null for none */
  readonly held_need_id: Uuid | null;
  /** The needs it would answer, the best first */
  readonly needs: readonly Nomination[];
  /** The engine, with its rules' version */
  readonly actor: string;
  /** When the round was asked for */
  readonly occurred_at: DateTime;
  /** Version of the rules that were read */
  readonly rules_version: string;
}

/** A round is whole: all that it published came before this. */
export interface RoundCompleted {
  /** The round */
  readonly round_id: Uuid;
  /** The track whose applications took part */
  readonly track: "implantation" | "contest";
  /** Applications that took part */
  readonly applications: number;
  /** Of these, held against a need, or nominated */
  readonly placed: number;
  /** Open needs */
  readonly needs: number;
  /** Of these, without any project */
  readonly unmet: number;
  /** Pairs of an application and a need that pass every gate */
  readonly pairs: number;
  /** What the result is worth, what people fixed not counted */
  readonly objective: Levels;
  /** The same by another solver; null where the round is too large for its numbers */
  readonly independent: Levels | null;
  /** Prices prove that no other result is worth more */
  readonly certified: boolean;
  /** Version of the rules that were read */
  readonly rules_version: string;
  /** What decides between equals, known beforehand */
  readonly lottery_seed: string;
  /** SHA-256 of the whole result, hexadecimal */
  readonly digest: string;
  /** The engine, with its rules' version */
  readonly actor: string;
  /** When the round was asked for */
  readonly occurred_at: DateTime;
}

/** The embargo is over. A laureate becomes a candidate for implantation, without a new form. */
export interface ContestDecisionPublished {
  /** The application to the contest */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** What was decided */
  readonly decision: "laureate" | "not-retained";
  /** By criterion */
  readonly scores: readonly CriterionScore[];
  /** The jury */
  readonly actor: string;
  /** Why, as a code of the form's vocabulary */
  readonly reason: string | null;
  /** The moment of publication */
  readonly occurred_at: DateTime;
}

/** A decision on an application that takes no part in the contest, or not any more; nothing changed. */
export interface ContestDecisionRefused {
  /** The application that was decided upon */
  readonly application_id: Uuid;
  /** Who decided */
  readonly actor: string;
  /** When it was decided */
  readonly occurred_at: DateTime;
  /** Why it can't be done */
  readonly reasons: readonly Reason[];
}

/** A deputy was named by a source that the owner does not belong to, or owns nothing; nothing changed. */
export interface DeputyRefused {
  /** In whose place the deputy was to decide */
  readonly owner_id: Uuid;
  /** When they were named */
  readonly occurred_at: DateTime;
  /** Why it can't be */
  readonly reasons: readonly Reason[];
}

/** Both accepted, the line manager authorised it and the ethics check is done. */
export interface PairActivated {
  /** State before; null for a new one */
  readonly from?: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string | null;
  /** State after */
  readonly to: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The pair */
  readonly pair_id: Uuid;
  /** The confirmed assignment that it began with */
  readonly assignment_id: Uuid;
  /** Its application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The mentor */
  readonly mentor_id: Uuid;
  /** The mentor as a person; how to reach them is on contacts.v1 */
  readonly mentor_person_id: Uuid;
  /** Whether it accompanies every assignment of the application, or this one alone */
  readonly whole_project?: boolean;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** The day by which they should have met */
  readonly first_contact_by?: CalendarDate | null;
  /** The day on which the pair ends unless both would go on */
  readonly ends_on?: CalendarDate | null;
}

/** Who leads the project, who owns its need, or what it is called changed: the pair goes on with them.

Only open pairs are amended. What a former lead has answered does not count for a new one: `from` and `to` say
where the offer stands for those who are in it now. */
export interface PairAmended {
  /** State before; null for a new one */
  readonly from?: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string | null;
  /** State after */
  readonly to: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The pair */
  readonly pair_id: Uuid;
  /** The confirmed assignment that it began with */
  readonly assignment_id: Uuid;
  /** Its application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The mentor */
  readonly mentor_id: Uuid;
  /** The mentor as a person; how to reach them is on contacts.v1 */
  readonly mentor_person_id: Uuid;
  /** Whether it accompanies every assignment of the application, or this one alone */
  readonly whole_project?: boolean;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** The officer who owns the need */
  readonly owner_id: Uuid;
  /** While somebody is awaited: until when, at least, both may accept */
  readonly expires_at?: DateTime | null;
  /** While it is active and has not met: the day by which they should have */
  readonly first_contact_by?: CalendarDate | null;
  /** While it is active: the day on which it ends unless both would go on */
  readonly ends_on?: CalendarDate | null;
}

/** The pair ended. */
export interface PairEnded {
  /** State before; null for a new one */
  readonly from?: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string | null;
  /** State after */
  readonly to: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The pair */
  readonly pair_id: Uuid;
  /** The confirmed assignment that it began with */
  readonly assignment_id: Uuid;
  /** Its application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The mentor */
  readonly mentor_id: Uuid;
  /** The mentor as a person; how to reach them is on contacts.v1 */
  readonly mentor_person_id: Uuid;
  /** Whether it accompanies every assignment of the application, or this one alone */
  readonly whole_project?: boolean;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
}

/** The pair met. */
export interface MeetingHeld {
  /** State before; null for a new one */
  readonly from?: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string | null;
  /** State after */
  readonly to: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The pair */
  readonly pair_id: Uuid;
  /** The confirmed assignment that it began with */
  readonly assignment_id: Uuid;
  /** Its application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The mentor */
  readonly mentor_id: Uuid;
  /** The mentor as a person; how to reach them is on contacts.v1 */
  readonly mentor_person_id: Uuid;
  /** Whether it accompanies every assignment of the application, or this one alone */
  readonly whole_project?: boolean;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** The meeting */
  readonly meeting_id: Uuid;
  /** Which meeting of the pair it is, from 1, as they were reported */
  readonly number: number;
  /** The day on which they met */
  readonly held_on: CalendarDate;
  /** How long they met */
  readonly minutes: number;
  /** The obstacle that was touched, if one was */
  readonly obstacle_id: Uuid | null;
  /** What comes next, as a code of the form's vocabulary */
  readonly next_step: string | null;
}

/** The pair rests until a day; a meeting before it is welcome. */
export interface PairPaused {
  /** State before; null for a new one */
  readonly from?: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string | null;
  /** State after */
  readonly to: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The pair */
  readonly pair_id: Uuid;
  /** The confirmed assignment that it began with */
  readonly assignment_id: Uuid;
  /** Its application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The mentor */
  readonly mentor_id: Uuid;
  /** The mentor as a person; how to reach them is on contacts.v1 */
  readonly mentor_person_id: Uuid;
  /** Whether it accompanies every assignment of the application, or this one alone */
  readonly whole_project?: boolean;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** The day on which it goes on */
  readonly until: CalendarDate;
}

/** The pair's term comes to its end: both are asked to look back, and whether to go on. */
export interface PairReviewDue {
  /** State before; null for a new one */
  readonly from?: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string | null;
  /** State after */
  readonly to: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The pair */
  readonly pair_id: Uuid;
  /** The confirmed assignment that it began with */
  readonly assignment_id: Uuid;
  /** Its application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The mentor */
  readonly mentor_id: Uuid;
  /** The mentor as a person; how to reach them is on contacts.v1 */
  readonly mentor_person_id: Uuid;
  /** Whether it accompanies every assignment of the application, or this one alone */
  readonly whole_project?: boolean;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** The day on which the pair ends unless both would go on */
  readonly ends_on: CalendarDate;
  /** Whether it may go on: not once it has lasted for the longest time */
  readonly renewable: boolean;
}

/** The mentor or the lead has looked back. */
export interface PairReviewRecorded {
  /** State before; null for a new one */
  readonly from?: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string | null;
  /** State after */
  readonly to: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The pair */
  readonly pair_id: Uuid;
  /** The confirmed assignment that it began with */
  readonly assignment_id: Uuid;
  /** Its application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The mentor */
  readonly mentor_id: Uuid;
  /** The mentor as a person; how to reach them is on contacts.v1 */
  readonly mentor_person_id: Uuid;
  /** Whether it accompanies every assignment of the application, or this one alone */
  readonly whole_project?: boolean;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** Who reviewed it */
  readonly party: "mentor" | "lead";
  /** Whether they would go on for another term */
  readonly wish: "go-on" | "finish";
  /** Whether what they had set out to do was reached; null where they don't say */
  readonly goals: "reached" | "partly" | "not-reached" | null;
}

/** Both would go on, and do. */
export interface PairRenewed {
  /** State before; null for a new one */
  readonly from?: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string | null;
  /** State after */
  readonly to: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The pair */
  readonly pair_id: Uuid;
  /** The confirmed assignment that it began with */
  readonly assignment_id: Uuid;
  /** Its application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The mentor */
  readonly mentor_id: Uuid;
  /** The mentor as a person; how to reach them is on contacts.v1 */
  readonly mentor_person_id: Uuid;
  /** Whether it accompanies every assignment of the application, or this one alone */
  readonly whole_project?: boolean;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** The day on which the pair ends now */
  readonly ends_on: CalendarDate;
}

/** An active pair has not met for long: a step of the ladder that ends with the pair's end. */
export interface PairIdle {
  /** State before; null for a new one */
  readonly from?: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string | null;
  /** State after */
  readonly to: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The pair */
  readonly pair_id: Uuid;
  /** The confirmed assignment that it began with */
  readonly assignment_id: Uuid;
  /** Its application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The mentor */
  readonly mentor_id: Uuid;
  /** The mentor as a person; how to reach them is on contacts.v1 */
  readonly mentor_person_id: Uuid;
  /** Whether it accompanies every assignment of the application, or this one alone */
  readonly whole_project?: boolean;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** What is done: nudge (both are reminded), referent (the officer looks after it) */
  readonly step: string;
  /** The day they met last, or began */
  readonly last_contact_on: CalendarDate;
  /** The officer who owns the need */
  readonly owner_id: Uuid;
}

/** A mentor who would come next if this offer is not accepted, as things stand. */
export interface Alternate {
  /** The mentor */
  readonly mentor_id: Uuid;
  /** How well they suit the lead, in points */
  readonly fit: number;
}

/** The pair is offered to both. */
export interface PairOffered {
  /** State before; null for a new one */
  readonly from?: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string | null;
  /** State after */
  readonly to: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The pair */
  readonly pair_id: Uuid;
  /** The confirmed assignment that it began with */
  readonly assignment_id: Uuid;
  /** Its application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The mentor */
  readonly mentor_id: Uuid;
  /** The mentor as a person; how to reach them is on contacts.v1 */
  readonly mentor_person_id: Uuid;
  /** Whether it accompanies every assignment of the application, or this one alone */
  readonly whole_project?: boolean;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** How well the mentor suits the lead, in points */
  readonly fit: number;
  /** Version of the rules that were read */
  readonly rules_version: string;
  /** Until when, at least, both may accept; then it passes to the next mentor */
  readonly expires_at?: DateTime | null;
  /** What the fit is made of */
  readonly parts?: readonly FitPart[];
  /** Who would come next, the best first */
  readonly alternates?: readonly Alternate[];
  /** Of the project */
  readonly themes?: readonly string[];
  /** Of the project */
  readonly territories?: readonly string[];
}

/** The mentor or the lead accepted; `to` says who is still awaited. */
export interface PairAccepted {
  /** State before; null for a new one */
  readonly from?: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string | null;
  /** State after */
  readonly to: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The pair */
  readonly pair_id: Uuid;
  /** The confirmed assignment that it began with */
  readonly assignment_id: Uuid;
  /** Its application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The mentor */
  readonly mentor_id: Uuid;
  /** The mentor as a person; how to reach them is on contacts.v1 */
  readonly mentor_person_id: Uuid;
  /** Whether it accompanies every assignment of the application, or this one alone */
  readonly whole_project?: boolean;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** Who accepted */
  readonly party: "mentor" | "lead";
}

/** The mentor or the lead declined; the offer passes to the next mentor. */
export interface PairDeclined {
  /** State before; null for a new one */
  readonly from?: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string | null;
  /** State after */
  readonly to: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The pair */
  readonly pair_id: Uuid;
  /** The confirmed assignment that it began with */
  readonly assignment_id: Uuid;
  /** Its application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The mentor */
  readonly mentor_id: Uuid;
  /** The mentor as a person; how to reach them is on contacts.v1 */
  readonly mentor_person_id: Uuid;
  /** Whether it accompanies every assignment of the application, or this one alone */
  readonly whole_project?: boolean;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** Who declined */
  readonly party: "mentor" | "lead";
}

/** Not both accepted in time. Where the mentor was silent, the next one is offered. */
export interface PairExpired {
  /** State before; null for a new one */
  readonly from?: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string | null;
  /** State after */
  readonly to: "offered" | "accepted-by-mentor" | "accepted-by-lead" | "accepted" | "active" | "declined" | "expired" | "ended" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The pair */
  readonly pair_id: Uuid;
  /** The confirmed assignment that it began with */
  readonly assignment_id: Uuid;
  /** Its application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The mentor */
  readonly mentor_id: Uuid;
  /** The mentor as a person; how to reach them is on contacts.v1 */
  readonly mentor_person_id: Uuid;
  /** Whether it accompanies every assignment of the application, or this one alone */
  readonly whole_project?: boolean;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** Who had not answered */
  readonly awaited: readonly ("mentor" | "lead")[];
}

/** An answer or a request that the pair's state does not allow; nothing changed. */
export interface PairAnswerRefused {
  /** The pair that was answered about */
  readonly pair_id: Uuid;
  /** When it was answered */
  readonly occurred_at: DateTime;
  /** Why it can't be done */
  readonly reasons: readonly Reason[];
}

/** A mentor who can't be offered to a lead, however well they suit. */
export interface BlockedMentor {
  /** The mentor */
  readonly mentor_id: Uuid;
  /** How well they would suit the lead, in points */
  readonly fit: number;
  /** Why not: a code of `reasons` */
  readonly cause: string;
  /** Where the mentor is full, the assignments whose leads hold their places */
  readonly held_by?: readonly Uuid[];
}

/** No mentor is free, allowed and not recused; the lead waits for one. */
export interface NoMentorFound {
  /** The confirmed assignment whose lead has no mentor */
  readonly assignment_id: Uuid;
  /** Its application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** When it was found */
  readonly occurred_at: DateTime;
  /** Why: everybody is full, recused, away … */
  readonly reasons: readonly Reason[];
  /** The officer who owns the need, and is told */
  readonly owner_id?: Uuid | null;
  /** Name of the organisation that applied */
  readonly organisation_name?: string | null;
  /** Name of the project */
  readonly project_title?: string | null;
  /** The mentors who would suit best, with what stands between, the best first */
  readonly blocked?: readonly BlockedMentor[];
}

/** A form about a mentor who is not its source's, or that names another source's person; nothing changed. */
export interface MentorFormRefused {
  /** The mentor whom the form was about */
  readonly mentor_id: Uuid;
  /** When the form was sent */
  readonly occurred_at: DateTime;
  /** Why it can't be taken */
  readonly reasons: readonly Reason[];
}

/** A mentor was taken with codes that no vocabulary has (skills, a directorate), kept as they are.

Nothing meets them that does not name them too; a revision mends it. */
export interface MentorFlagged {
  /** The mentor */
  readonly mentor_id: Uuid;
  /** When the form was sent */
  readonly occurred_at: DateTime;
  /** What is not known, by its place in the form, and the nearest that is */
  readonly flags: readonly Reason[];
}

/** A mentor lacks a clearance, or soon will: said once for each person who is to give it and each present end. */
export interface MentorClearanceAsked {
  /** State before; null for a new one */
  readonly from?: "asked" | "given" | "refused" | "dropped" | string | null;
  /** State after */
  readonly to: "asked" | "given" | "refused" | "dropped" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: "said-by-form" | "line-manager-changed" | "asked-anew" | "mentor-withdrawn" | "person-forgotten" | string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The clearance */
  readonly clearance_id: Uuid;
  /** The mentor whom it is for */
  readonly mentor_id: Uuid;
  /** The mentor as a person; how to reach them is on contacts.v1 */
  readonly mentor_person_id: Uuid;
  /** The line manager's authorisation, or the ethics check */
  readonly clearance: "line-manager" | "ethics";
  /** The person who is to give it; of the ethics officer an id that stands for them */
  readonly asked_of: Uuid;
  /** The last day of the present one; null where there is none */
  readonly held_until: CalendarDate | null;
  /** The last day that is proposed; null for what has no end */
  readonly proposed_until: CalendarDate | null;
}

/** Who was asked gives it: pairs that lacked nothing else become active. */
export interface MentorClearanceGiven {
  /** State before; null for a new one */
  readonly from?: "asked" | "given" | "refused" | "dropped" | string | null;
  /** State after */
  readonly to: "asked" | "given" | "refused" | "dropped" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: "said-by-form" | "line-manager-changed" | "asked-anew" | "mentor-withdrawn" | "person-forgotten" | string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The clearance */
  readonly clearance_id: Uuid;
  /** The mentor whom it is for */
  readonly mentor_id: Uuid;
  /** The mentor as a person; how to reach them is on contacts.v1 */
  readonly mentor_person_id: Uuid;
  /** The line manager's authorisation, or the ethics check */
  readonly clearance: "line-manager" | "ethics";
  /** The person who is to give it; of the ethics officer an id that stands for them */
  readonly asked_of: Uuid;
  /** Its last day; null: without end */
  readonly until: CalendarDate | null;
}

/** Who was asked refuses it: the mentor takes no pair that needs it. */
export interface MentorClearanceRefused {
  /** State before; null for a new one */
  readonly from?: "asked" | "given" | "refused" | "dropped" | string | null;
  /** State after */
  readonly to: "asked" | "given" | "refused" | "dropped" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: "said-by-form" | "line-manager-changed" | "asked-anew" | "mentor-withdrawn" | "person-forgotten" | string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The clearance */
  readonly clearance_id: Uuid;
  /** The mentor whom it is for */
  readonly mentor_id: Uuid;
  /** The mentor as a person; how to reach them is on contacts.v1 */
  readonly mentor_person_id: Uuid;
  /** The line manager's authorisation, or the ethics check */
  readonly clearance: "line-manager" | "ethics";
  /** The person who is to give it; of the ethics officer an id that stands for them */
  readonly asked_of: Uuid;
}

/** It is asked for no longer: the mentor left, a form claims it, or somebody else is to give it. */
export interface MentorClearanceDropped {
  /** State before; null for a new one */
  readonly from?: "asked" | "given" | "refused" | "dropped" | string | null;
  /** State after */
  readonly to: "asked" | "given" | "refused" | "dropped" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: "said-by-form" | "line-manager-changed" | "asked-anew" | "mentor-withdrawn" | "person-forgotten" | string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The clearance */
  readonly clearance_id: Uuid;
  /** The mentor whom it is for */
  readonly mentor_id: Uuid;
  /** The mentor as a person; how to reach them is on contacts.v1 */
  readonly mentor_person_id: Uuid;
  /** The line manager's authorisation, or the ethics check */
  readonly clearance: "line-manager" | "ethics";
  /** The person who is to give it; of the ethics officer an id that stands for them */
  readonly asked_of: Uuid;
}

/** An answer of who was not asked, or not for this, or not any more; nothing changed. */
export interface MentorClearanceAnswerRefused {
  /** The clearance that was answered about */
  readonly clearance_id: Uuid;
  /** The mentor whom it was for */
  readonly mentor_id: Uuid;
  /** When it was answered */
  readonly occurred_at: DateTime;
  /** Why it can't be taken */
  readonly reasons: readonly Reason[];
}

/** What a lead looks for was taken with skills that no vocabulary has, kept as they are.

No mentor has them who does not name them too; wishes that are given anew mend it. */
export interface LeadWishesFlagged {
  /** The confirmed assignment that is to be accompanied */
  readonly assignment_id: Uuid;
  /** When it was said */
  readonly occurred_at: DateTime;
  /** What is not known, by its place in the form, and the nearest that is */
  readonly flags: readonly Reason[];
}

/** An obstacle is known, and has an owner. */
export interface ObstacleOpened {
  /** State before; null for a new one */
  readonly from?: "opened" | "taken" | "escalated" | "lifted" | "abandoned" | string | null;
  /** State after */
  readonly to: "opened" | "taken" | "escalated" | "lifted" | "abandoned" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The assignment that is hindered */
  readonly assignment_id: Uuid;
  /** The obstacle */
  readonly obstacle_id: Uuid;
  /** The assignment's application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The officer who owns the need */
  readonly owner_id: Uuid;
  /** premises, authorisation, funding, partners, recruitment, other */
  readonly kind: string;
  /** The city service that owns it */
  readonly service: string;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** Until when it should be lifted */
  readonly due_at: DateTime;
  /** Whether somebody wrote what it is, which a restricted topic has */
  readonly is_described?: boolean;
}

/** A city service works on it; from then it has its time anew. */
export interface ObstacleTaken {
  /** State before; null for a new one */
  readonly from?: "opened" | "taken" | "escalated" | "lifted" | "abandoned" | string | null;
  /** State after */
  readonly to: "opened" | "taken" | "escalated" | "lifted" | "abandoned" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The assignment that is hindered */
  readonly assignment_id: Uuid;
  /** The obstacle */
  readonly obstacle_id: Uuid;
  /** The assignment's application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The officer who owns the need */
  readonly owner_id: Uuid;
  /** premises, authorisation, funding, partners, recruitment, other */
  readonly kind: string;
  /** The city service that owns it */
  readonly service: string;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** Until when it should be lifted */
  readonly due_at: DateTime;
  /** Whether somebody wrote what it is, which a restricted topic has */
  readonly is_described?: boolean;
}

/** Who leads the hindered project, who owns its need, or what it is called changed; it is still in the way. */
export interface ObstacleAmended {
  /** State before; null for a new one */
  readonly from?: "opened" | "taken" | "escalated" | "lifted" | "abandoned" | string | null;
  /** State after */
  readonly to: "opened" | "taken" | "escalated" | "lifted" | "abandoned" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The assignment that is hindered */
  readonly assignment_id: Uuid;
  /** The obstacle */
  readonly obstacle_id: Uuid;
  /** The assignment's application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The officer who owns the need */
  readonly owner_id: Uuid;
  /** premises, authorisation, funding, partners, recruitment, other */
  readonly kind: string;
  /** The city service that owns it */
  readonly service: string;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** Until when it should be lifted, or the next level is told; null where all were */
  readonly due_at: DateTime | null;
  /** Whether somebody wrote what it is, which a restricted topic has */
  readonly is_described?: boolean;
}

/** It stands in nobody's way any more. */
export interface ObstacleLifted {
  /** State before; null for a new one */
  readonly from?: "opened" | "taken" | "escalated" | "lifted" | "abandoned" | string | null;
  /** State after */
  readonly to: "opened" | "taken" | "escalated" | "lifted" | "abandoned" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The assignment that is hindered */
  readonly assignment_id: Uuid;
  /** The obstacle */
  readonly obstacle_id: Uuid;
  /** The assignment's application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The officer who owns the need */
  readonly owner_id: Uuid;
  /** premises, authorisation, funding, partners, recruitment, other */
  readonly kind: string;
  /** The city service that owns it */
  readonly service: string;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
}

/** It was not lifted in time: a higher level is told. */
export interface ObstacleEscalated {
  /** State before; null for a new one */
  readonly from?: "opened" | "taken" | "escalated" | "lifted" | "abandoned" | string | null;
  /** State after */
  readonly to: "opened" | "taken" | "escalated" | "lifted" | "abandoned" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The assignment that is hindered */
  readonly assignment_id: Uuid;
  /** The obstacle */
  readonly obstacle_id: Uuid;
  /** The assignment's application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The officer who owns the need */
  readonly owner_id: Uuid;
  /** premises, authorisation, funding, partners, recruitment, other */
  readonly kind: string;
  /** The city service that owns it */
  readonly service: string;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** Who is told: service, directorate, officer */
  readonly level: string;
  /** Whether somebody wrote what it is, which a restricted topic has */
  readonly is_described?: boolean;
  /** When the next level is told; null at the highest */
  readonly due_at: DateTime | null;
}

/** Nobody will lift it, and the reason says why. */
export interface ObstacleAbandoned {
  /** State before; null for a new one */
  readonly from?: "opened" | "taken" | "escalated" | "lifted" | "abandoned" | string | null;
  /** State after */
  readonly to: "opened" | "taken" | "escalated" | "lifted" | "abandoned" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The assignment that is hindered */
  readonly assignment_id: Uuid;
  /** The obstacle */
  readonly obstacle_id: Uuid;
  /** The assignment's application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The officer who owns the need */
  readonly owner_id: Uuid;
  /** premises, authorisation, funding, partners, recruitment, other */
  readonly kind: string;
  /** The city service that owns it */
  readonly service: string;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
}

/** An obstacle was opened for a service that nobody knows, which is kept as it is: no mail reaches it.

Its owner is told instead; whoever takes it, or hands it on, mends it. */
export interface ObstacleFlagged {
  /** The assignment that is hindered */
  readonly assignment_id: Uuid;
  /** The obstacle */
  readonly obstacle_id: Uuid;
  /** When it was reported */
  readonly occurred_at: DateTime;
  /** What is not known, by its place in the form, and the nearest that is */
  readonly flags: readonly Reason[];
}

/** A report or an update that can't be taken; nothing changed. */
export interface ObstacleUpdateRefused {
  /** The assignment that it was about */
  readonly assignment_id: Uuid;
  /** The obstacle that it was about */
  readonly obstacle_id: Uuid;
  /** When it was reported or updated */
  readonly occurred_at: DateTime;
  /** Why it can't be done */
  readonly reasons: readonly Reason[];
}

/** A confirmed assignment has a support plan; the version of each of its actions is 1. */
export interface SupportPlanOpened {
  /** State before; null for a new one */
  readonly from?: "planned" | "started" | "finished" | "dropped" | string | null;
  /** State after */
  readonly to: "planned" | "started" | "finished" | "dropped" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The confirmed assignment that is supported */
  readonly assignment_id: Uuid;
  /** Its application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The officer who owns the need */
  readonly owner_id: Uuid;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** The actions that are planned */
  readonly actions: readonly string[];
}

/** An action of a support plan was started, finished, dropped or taken up again; `version` is the action's. */
export interface SupportActionChanged {
  /** State before; null for a new one */
  readonly from?: "planned" | "started" | "finished" | "dropped" | string | null;
  /** State after */
  readonly to: "planned" | "started" | "finished" | "dropped" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The confirmed assignment that is supported */
  readonly assignment_id: Uuid;
  /** Its application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The officer who owns the need */
  readonly owner_id: Uuid;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** rooting, networking, deployment or obstacle-lifting */
  readonly action: string;
}

/** A project was introduced to a partner; `to` says what came of it so far. */
export interface IntroductionRecorded {
  /** State before; null for a new one */
  readonly from?: "awaited" | "in-contact" | "cooperation" | "nothing-came-of-it" | string | null;
  /** State after */
  readonly to: "awaited" | "in-contact" | "cooperation" | "nothing-came-of-it" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The confirmed assignment that is supported */
  readonly assignment_id: Uuid;
  /** Its application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The officer who owns the need */
  readonly owner_id: Uuid;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** The introduction */
  readonly introduction_id: Uuid;
  /** What sort of partner it is */
  readonly partner_kind: "incubator" | "city-service" | "association" | "company" | "funder" | "other";
  /** Name of the organisation */
  readonly partner_name: string;
  /** The day on which it was made */
  readonly made_on: CalendarDate;
}

/** What was said of a support plan can't be; nothing changed. */
export interface SupportUpdateRefused {
  /** The assignment that was spoken of */
  readonly assignment_id: Uuid;
  /** The action, if it was about one */
  readonly action: string | null;
  /** The introduction, if it was about one */
  readonly introduction_id: Uuid | null;
  /** When it was said */
  readonly occurred_at: DateTime;
  /** Why it can't be */
  readonly reasons: readonly Reason[];
}

/** A figure beside the one that the project began with. */
export interface Figure {
  /** What is counted */
  readonly code: string;
  /** How many */
  readonly value: number;
  /** How many there were in the beginning; null where nobody said */
  readonly baseline: number | null;
}

/** The figures of a year are known, or were corrected. */
export interface ImpactRecorded {
  /** State before; null for a new one */
  readonly from?: "recorded" | string | null;
  /** State after */
  readonly to: "recorded" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The confirmed assignment that is supported */
  readonly assignment_id: Uuid;
  /** Its application */
  readonly application_id: Uuid;
  /** The person who leads the association */
  readonly lead_id: Uuid;
  /** The officer who owns the need */
  readonly owner_id: Uuid;
  /** Name of the organisation that applied */
  readonly organisation_name: string;
  /** Name of the project */
  readonly project_title: string;
  /** 0 for the figures it began with; 1 for its first year … */
  readonly year: number;
  /** Each figure, with what it began at */
  readonly figures: readonly Figure[];
}

/** A code of another vocabulary for the same thing, in the words of SKOS. */
export interface CodeMatch {
  /** The other vocabulary */
  readonly vocabulary: string;
  /** Its code */
  readonly code: string;
  /** exact: the same; close: nearly; broad: it has this code within it; narrow: it lies within this one */
  readonly match: "exact" | "close" | "broad" | "narrow";
}

/** A code, in words. */
export interface KnownCode {
  /** The code, as events have it */
  readonly code: string;
  /** What it is called in French; of a reason, what it says */
  readonly fr: string;
  /** The same in English */
  readonly en: string;
  /** The first day on which forms may name it; null: from ever */
  readonly valid_from?: CalendarDate | null;
  /** The last such day; null: without end */
  readonly valid_until?: CalendarDate | null;
  /** The codes that lie within it; null where that is not known, or nothing can */
  readonly holds?: readonly string[] | null;
  /** Codes of other vocabularies for the same thing, as far as that is known */
  readonly matches?: readonly CodeMatch[];
}

/** One list of codes, whole. */
export interface Vocabulary {
  /** themes, publics, territories, assignment-states … */
  readonly name: string;
  /** What its codes are, in French */
  readonly fr: string;
  /** What its codes are, in English */
  readonly en: string;
  /** Which version of the list this is */
  readonly version: string;
  /** What codes look like that are valid though they are not listed; null where there are none */
  readonly pattern?: string | null;
  /** The codes that are known */
  readonly codes: readonly KnownCode[];
}

/** A vocabulary as it stands; a tombstone with the same key says that there is none of that name any more. */
export interface VocabularyPublished {
  /** The vocabulary, by an id that derives from its name */
  readonly vocabulary_id: Uuid;
  /** The vocabulary */
  readonly vocabulary: Vocabulary;
  /** The engine that publishes it, with its rules' version */
  readonly actor: string;
  /** When it came to hold */
  readonly occurred_at: DateTime;
  /** How often a vocabulary of this name was published, this time included */
  readonly version: number;
}

/** What comes later in a series: a follow-up as well, with an id of its own. */
export interface Occasion {
  /** The follow-up */
  readonly follow_up_id: Uuid;
  /** check-in-30-days, impact-year-1 … */
  readonly kind: string;
  /** When it is to be sent */
  readonly due_at: DateTime;
}

/** A follow-up that is due at `due_at`, and what is to come after it. */
export interface PlannedFollowUp {
  /** The follow-up */
  readonly follow_up_id: Uuid;
  /** check-in-30-days, impact-year-1 … */
  readonly kind: string;
  /** When it is to be sent */
  readonly due_at: DateTime;
  /** The person who receives it; how to reach them is on contacts.v1 */
  readonly recipient_id: Uuid;
  /** Which reminder of the same it is; 0: it is none */
  readonly reminder?: number;
  /** What comes later in the same series, for the same person */
  readonly occasions?: readonly Occasion[];
}

/** All that one event about a matter has planned: ids only, never an address or a text.

How each ends is told under its own key, so perhaps before this. */
export interface FollowUpPlanned {
  /** The aggregate that the follow-ups are about */
  readonly matter_id: Uuid;
  /** The application that the matter belongs to */
  readonly application_id: Uuid;
  /** Who or what planned it */
  readonly actor: string;
  /** When the event happened that called for it */
  readonly occurred_at: DateTime;
  /** What is planned, each once for ever */
  readonly follow_ups: readonly PlannedFollowUp[];
}

/** The mail server accepted it. */
export interface FollowUpSent {
  /** State before; null for a new one */
  readonly from?: "scheduled" | "sent" | "cancelled" | "failed" | string | null;
  /** State after */
  readonly to: "scheduled" | "sent" | "cancelled" | "failed" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The follow-up */
  readonly follow_up_id: Uuid;
  /** acknowledgement, rejection, check-in-30-days … */
  readonly kind: string;
  /** The person who receives it; how to reach them is on contacts.v1 */
  readonly recipient_id: Uuid;
  /** The aggregate that the follow-up is about */
  readonly matter_id: Uuid;
  /** Which reminder of the same it is; 0: it is none */
  readonly reminder?: number;
  /** An earlier attempt's answer was lost: that mail may have arrived, whatever this event says */
  readonly in_doubt?: boolean;
  /** The mail's Message-ID, the same at every attempt */
  readonly message_id: string;
  /** How often it was tried */
  readonly attempts: number;
}

/** Its matter was settled before it was sent. */
export interface FollowUpCancelled {
  /** State before; null for a new one */
  readonly from?: "scheduled" | "sent" | "cancelled" | "failed" | string | null;
  /** State after */
  readonly to: "scheduled" | "sent" | "cancelled" | "failed" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The follow-up */
  readonly follow_up_id: Uuid;
  /** acknowledgement, rejection, check-in-30-days … */
  readonly kind: string;
  /** The person who receives it; how to reach them is on contacts.v1 */
  readonly recipient_id: Uuid;
  /** The aggregate that the follow-up is about */
  readonly matter_id: Uuid;
  /** Which reminder of the same it is; 0: it is none */
  readonly reminder?: number;
  /** An earlier attempt's answer was lost: that mail may have arrived, whatever this event says */
  readonly in_doubt?: boolean;
}

/** The mail server refuses it for good; the reason is its status code. */
export interface FollowUpFailed {
  /** State before; null for a new one */
  readonly from?: "scheduled" | "sent" | "cancelled" | "failed" | string | null;
  /** State after */
  readonly to: "scheduled" | "sent" | "cancelled" | "failed" | string;
  /** Who or what acted: form, engine:name@version, officer:id, mentor:id, lead:id */
  readonly actor: string;
  /** Why, as a code of a versioned vocabulary; never free text */
  readonly reason?: string | null;
  /** When it happened, by the event that caused it */
  readonly occurred_at: DateTime;
  /** The aggregate's version after this change, from 1 */
  readonly version: number;
  /** The follow-up */
  readonly follow_up_id: Uuid;
  /** acknowledgement, rejection, check-in-30-days … */
  readonly kind: string;
  /** The person who receives it; how to reach them is on contacts.v1 */
  readonly recipient_id: Uuid;
  /** The aggregate that the follow-up is about */
  readonly matter_id: Uuid;
  /** Which reminder of the same it is; 0: it is none */
  readonly reminder?: number;
  /** An earlier attempt's answer was lost: that mail may have arrived, whatever this event says */
  readonly in_doubt?: boolean;
  /** How often it was tried */
  readonly attempts: number;
}

/** What a mentor does and knows. */
export interface Work {
  /** What they do, in their words Personal data: never log it, never pass it on. */
  readonly occupation: string;
  /** For which directorate of the City */
  readonly directorate: string;
  /** Themes that they know */
  readonly skills: readonly string[];
}

/** How to reach a person in a role, the later record holds; a tombstone with the same key erases it. */
export interface ContactPublished {
  /** Derives from the role and the person's id */
  readonly contact_id: Uuid;
  /** The person's id, the same on every topic */
  readonly person_id: Uuid;
  /** As what they are reached so */
  readonly role: "lead" | "mentor" | "owner" | "line-manager";
  /** First and last name Personal data: never log it, never pass it on. */
  readonly name: string;
  /** Where mail reaches the person Personal data: never log it, never pass it on. */
  readonly email: string;
  /** Digits, with or without the country's code Personal data: never log it, never pass it on. */
  readonly telephone?: string | null;
  /** The language of mail to the person */
  readonly language: "fr" | "en";
  /** Of a mentor: what is told of them to whom they are offered, before their name is */
  readonly work?: Work | null;
}

/** How to reach a person, before mentors' line managers were asked. */
export interface ContactPublishedFirst {
  /** Derives from the role and the person's id */
  readonly contact_id: Uuid;
  /** The person's id, the same on every topic */
  readonly person_id: Uuid;
  /** As what they are reached so */
  readonly role: "lead" | "mentor" | "owner";
  /** First and last name Personal data: never log it, never pass it on. */
  readonly name: string;
  /** Where mail reaches the person Personal data: never log it, never pass it on. */
  readonly email: string;
  /** Digits, with or without the country's code Personal data: never log it, never pass it on. */
  readonly telephone?: string | null;
  /** The language of mail to the person */
  readonly language: "fr" | "en";
  /** Of a mentor: what is told of them to whom they are offered, before their name is */
  readonly work?: Work | null;
}

/** What somebody wrote of an obstacle that is in the way; a tombstone with the same key takes it back.

It is taken back once the obstacle is lifted or abandoned, and where who wrote it asks to be forgotten. */
export interface ObstacleDescribed {
  /** The obstacle */
  readonly obstacle_id: Uuid;
  /** Who may have written it: their ids as persons */
  readonly authors: readonly Uuid[];
  /** What it is, in their words Personal data: never log it, never pass it on. */
  readonly comment: string;
}

/** What an application's form says in words that may not be published, for who has to act on it.

A tombstone with the same key takes it back: once a later form lets them be published, or its lead asks to be
forgotten. */
export interface ApplicationDescribed {
  /** The application */
  readonly application_id: Uuid;
  /** The person who leads the association, whose words they are */
  readonly lead_id: Uuid;
  /** Name as the organisation writes it Personal data: never log it, never pass it on. */
  readonly organisation_name: string;
  /** Name of the project Personal data: never log it, never pass it on. */
  readonly project_title: string;
  /** What the project does, for whom and how Personal data: never log it, never pass it on. */
  readonly summary: string;
}

/** What was forgotten of a person, by its sort. */
export interface Removed {
  /** A sort of thing, such as form, contact, mail, held-record */
  readonly what: string;
  /** How many */
  readonly count: number;
}

/** A service has forgotten a person: nothing that it keeps says any more who they are. */
export interface PersonForgotten {
  /** The person, by an id that leads nowhere any more */
  readonly person_id: Uuid;
  /** Which service */
  readonly service: string;
  /** What it removed; what it had none of is left out */
  readonly removed: readonly Removed[];
  /** When it was asked for */
  readonly requested_at: DateTime;
}

/** What a service has removed. */
export interface RemovedBy {
  /** Which service */
  readonly service: string;
  /** What it removed */
  readonly removed: readonly Removed[];
}

/** All services have forgotten a person. */
export interface PersonErased {
  /** The person, by an id that leads nowhere any more */
  readonly person_id: Uuid;
  /** When it was asked for */
  readonly requested_at: DateTime;
  /** What each service removed */
  readonly services: readonly RemovedBy[];
}

/** One field or header that is not as it should be. */
export interface Problem {
  /** The field, as a dotted path, or the header */
  readonly field: string;
  /** What would be right */
  readonly expected: string;
}

/** A form's record that its reader can't take: it has no effect until it is sent again, corrected.

Nothing of what it says is here. It is known by its place, which Kafka told its sender, and by what can be read of
its ids. What a rule refuses is told under its own key on the topic of the thing instead. */
export interface FormRefused {
  /** The refusal; the same as the dead letter that tells operators of the record */
  readonly refusal_id: Uuid;
  /** The service that can't take it; several may read one topic */
  readonly service: string;
  /** The topic that it was sent to */
  readonly topic: string;
  /** Its partition */
  readonly partition: number;
  /** Its offset in the partition */
  readonly offset: number;
  /** When the record was produced, by its own timestamp */
  readonly recorded_at: DateTime;
  /** Why, as a code: contract, json, header, key, source, id-used-again … */
  readonly reason: string;
  /** What was wrong and what would be right; its beginning where that is long */
  readonly detail: string;
  /** Each field or header that is wrong, as far as that can be said of one */
  readonly problems: readonly Problem[];
  /** The record's key, where that is an id */
  readonly subject_id: Uuid | null;
  /** The event's id, where that can be read; of one that is not passed on, the UUID in its place */
  readonly ce_id: string | null;
  /** Its source, where that can be read and is one that is known */
  readonly ce_source: string | null;
  /** Its type, where that can be read and is one that the topic carries */
  readonly ce_type: string | null;
}

/** A part of a record that was set aside: enough to know it again, and nothing of what it says. */
export interface Part {
  /** The part of the record */
  readonly part: "key" | "value" | "headers";
  /** Its size, in bytes (of headers, all names and values) */
  readonly size: number;
  /** SHA-256 of it, hexadecimal */
  readonly sha256: string;
}

/** A record that a service could not process, by its position, what can be read of its ids, and its digests.

What it says may be personal, so it is not here: who was forgotten would go on being named for as long as the topic
is kept. The service that set it aside keeps it, for its repair, in its own tables, where an erasure reaches it. */
export interface DeadLetterRecorded {
  /** The dead letter, the same whenever the record is set aside */
  readonly dead_letter_id: Uuid;
  /** The service that could not process it */
  readonly service: string;
  /** The topic that the record came from */
  readonly topic: string;
  /** Its partition */
  readonly partition: number;
  /** Its offset in the partition */
  readonly offset: number;
  /** Why, as a code: json, contract, handler-failed, kills-the-process … */
  readonly reason: string;
  /** What was wrong, without quoting the record; its beginning where that is long */
  readonly detail: string;
  /** When the record was produced, by its own timestamp */
  readonly recorded_at: DateTime;
  /** The record's key, where that is an id */
  readonly subject_id?: Uuid | null;
  /** The event's id, where that can be read and is a UUID */
  readonly event_id?: Uuid | null;
  /** The record's parts; none of what has no record */
  readonly parts?: readonly Part[];
  /** The event's id, any text, where that can be read and be passed on */
  readonly ce_id?: string | null;
  /** Its source, where that can be read and is one that is known */
  readonly ce_source?: string | null;
  /** Its type, where that can be read and is one that the topic carries */
  readonly ce_type?: string | null;
}

/** The data of an event by its `ce_type`. */
export interface EventByType {
  "engage.application.submitted.v1": ApplicationSubmitted;
  "engage.application.corrected.v1": ApplicationCorrected;
  "engage.application.withdrawal-requested.v1": ApplicationWithdrawalRequested;
  "engage.need.declared.v1": NeedDeclared;
  "engage.need.revised.v1": NeedRevised;
  "engage.need.closed.v1": NeedClosed;
  "engage.mentor.enrolled.v1": MentorEnrolled;
  "engage.mentor.revised.v1": MentorRevised;
  "engage.mentor.withdrawn.v1": MentorWithdrawn;
  "engage.mentor.recusal-declared.v1": RecusalDeclared;
  "engage.assignment.decided.v1": AssignmentDecided;
  "engage.assignment.undo-requested.v1": AssignmentUndoRequested;
  "engage.placement.decided.v1": PlacementDecided;
  "engage.officer.recused.v1": OfficerRecused;
  "engage.round.requested.v1": RoundRequested;
  "engage.contest.decided.v1": ContestDecided;
  "engage.pair.end-requested.v1": PairEndRequested;
  "engage.pair.answered.v1": PairAnswered;
  "engage.deputy.named.v1": DeputyNamed;
  "engage.mentor.clearance-answered.v1": MentorClearanceAnswered;
  "engage.meeting.reported.v1": MeetingReported;
  "engage.pair.reviewed.v1": PairReviewed;
  "engage.pair.pause-requested.v1": PairPauseRequested;
  "engage.lead.wishes-given.v1": LeadWishesGiven;
  "engage.obstacle.reported.v1": ObstacleReported;
  "engage.obstacle.updated.v1": ObstacleUpdated;
  "engage.support.action-reported.v1": SupportActionReported;
  "engage.introduction.reported.v1": IntroductionReported;
  "engage.impact.reported.v1": ImpactReported;
  "engage.person.erasure-requested.v1": ErasureRequested;
  "engage.application.registered.v1": ApplicationRegistered;
  "engage.application.amended.v1": ApplicationAmended;
  "engage.application.rejected.v1": ApplicationRejected;
  "engage.application.correction-requested.v1": CorrectionRequested;
  "engage.application.flagged.v1": ApplicationFlagged;
  "engage.application.form-refused.v1": ApplicationFormRefused;
  "engage.application.content-erased.v1": ApplicationContentErased;
  "engage.application.withdrawn.v1": ApplicationWithdrawn;
  "engage.need.published.v1": NeedPublished;
  "engage.assignment.proposed.v1": AssignmentProposed;
  "engage.assignment.confirmed.v1": AssignmentConfirmed;
  "engage.assignment.declined.v1": AssignmentDeclined;
  "engage.assignment.released.v1": AssignmentReleased;
  "engage.assignment.amended.v1": AssignmentAmended;
  "engage.assignment.decision-refused.v1": AssignmentDecisionRefused;
  "engage.assignment.undo-refused.v1": AssignmentUndoRefused;
  "engage.placement.decision-refused.v1": PlacementDecisionRefused;
  "engage.need.form-refused.v1": NeedFormRefused;
  "engage.need.flagged.v1": NeedFlagged;
  "engage.need.review-due.v1": NeedReviewDue;
  "engage.need.unmet.v1": NeedUnmet;
  "engage.application.unplaced.v1": ApplicationUnplaced;
  "engage.nomination.proposed.v1": NominationProposed;
  "engage.round.completed.v1": RoundCompleted;
  "engage.contest.decision-published.v1": ContestDecisionPublished;
  "engage.contest.decision-refused.v1": ContestDecisionRefused;
  "engage.deputy.refused.v1": DeputyRefused;
  "engage.pair.activated.v1": PairActivated;
  "engage.pair.amended.v1": PairAmended;
  "engage.pair.ended.v1": PairEnded;
  "engage.pair.meeting-held.v1": MeetingHeld;
  "engage.pair.paused.v1": PairPaused;
  "engage.pair.review-due.v1": PairReviewDue;
  "engage.pair.review-recorded.v1": PairReviewRecorded;
  "engage.pair.renewed.v1": PairRenewed;
  "engage.pair.idle.v1": PairIdle;
  "engage.pair.offered.v1": PairOffered;
  "engage.pair.accepted.v1": PairAccepted;
  "engage.pair.declined.v1": PairDeclined;
  "engage.pair.expired.v1": PairExpired;
  "engage.pair.answer-refused.v1": PairAnswerRefused;
  "engage.pair.no-mentor-found.v1": NoMentorFound;
  "engage.mentor.form-refused.v1": MentorFormRefused;
  "engage.mentor.flagged.v1": MentorFlagged;
  "engage.mentor.clearance-asked.v1": MentorClearanceAsked;
  "engage.mentor.clearance-given.v1": MentorClearanceGiven;
  "engage.mentor.clearance-refused.v1": MentorClearanceRefused;
  "engage.mentor.clearance-dropped.v1": MentorClearanceDropped;
  "engage.mentor.clearance-answer-refused.v1": MentorClearanceAnswerRefused;
  "engage.lead.wishes-flagged.v1": LeadWishesFlagged;
  "engage.obstacle.opened.v1": ObstacleOpened;
  "engage.obstacle.taken.v1": ObstacleTaken;
  "engage.obstacle.amended.v1": ObstacleAmended;
  "engage.obstacle.lifted.v1": ObstacleLifted;
  "engage.obstacle.escalated.v1": ObstacleEscalated;
  "engage.obstacle.abandoned.v1": ObstacleAbandoned;
  "engage.obstacle.flagged.v1": ObstacleFlagged;
  "engage.obstacle.update-refused.v1": ObstacleUpdateRefused;
  "engage.support.plan-opened.v1": SupportPlanOpened;
  "engage.support.action-changed.v1": SupportActionChanged;
  "engage.introduction.recorded.v1": IntroductionRecorded;
  "engage.support.update-refused.v1": SupportUpdateRefused;
  "engage.impact.recorded.v1": ImpactRecorded;
  "engage.vocabulary.published.v1": VocabularyPublished;
  "engage.follow-up.planned.v1": FollowUpPlanned;
  "engage.follow-up.sent.v1": FollowUpSent;
  "engage.follow-up.cancelled.v1": FollowUpCancelled;
  "engage.follow-up.failed.v1": FollowUpFailed;
  "engage.contact.published.v2": ContactPublished;
  "engage.contact.published.v1": ContactPublishedFirst;
  "engage.obstacle.described.v1": ObstacleDescribed;
  "engage.application.described.v1": ApplicationDescribed;
  "engage.person.forgotten.v1": PersonForgotten;
  "engage.person.erased.v1": PersonErased;
  "engage.form.refused.v1": FormRefused;
  "engage.dead-letter.recorded.v1": DeadLetterRecorded;
}

/** What each topic carries; null is a tombstone. */
export interface DataByTopic {
  "forms.applications.v1": ApplicationSubmitted | ApplicationCorrected | ApplicationWithdrawalRequested;
  "forms.needs.v1": NeedDeclared | NeedRevised | NeedClosed;
  "forms.mentors.v1": MentorEnrolled | MentorRevised | MentorWithdrawn | RecusalDeclared;
  "forms.decisions.v1": AssignmentDecided | AssignmentUndoRequested | PlacementDecided | OfficerRecused | RoundRequested | ContestDecided | PairEndRequested | PairAnswered | DeputyNamed | MentorClearanceAnswered;
  "forms.reports.v1": MeetingReported | PairReviewed | PairPauseRequested | LeadWishesGiven | ObstacleReported | ObstacleUpdated | SupportActionReported | IntroductionReported | ImpactReported;
  "forms.erasures.v1": ErasureRequested;
  "applications.v1": ApplicationRegistered | ApplicationAmended | ApplicationRejected | CorrectionRequested | ApplicationFlagged | ApplicationFormRefused | ApplicationContentErased | ApplicationWithdrawn;
  "needs.v1": NeedPublished;
  "assignments.v1": AssignmentProposed | AssignmentConfirmed | AssignmentDeclined | AssignmentReleased | AssignmentAmended | AssignmentDecisionRefused | AssignmentUndoRefused | PlacementDecisionRefused | NeedFormRefused | NeedFlagged | NeedReviewDue | NeedUnmet | ApplicationUnplaced | NominationProposed | RoundCompleted | ContestDecisionPublished | ContestDecisionRefused | DeputyRefused;
  "pairs.v1": PairActivated | PairAmended | PairEnded | MeetingHeld | PairPaused | PairReviewDue | PairReviewRecorded | PairRenewed | PairIdle | PairOffered | PairAccepted | PairDeclined | PairExpired | PairAnswerRefused | NoMentorFound | MentorFormRefused | MentorFlagged | MentorClearanceAsked | MentorClearanceGiven | MentorClearanceRefused | MentorClearanceDropped | MentorClearanceAnswerRefused | LeadWishesFlagged | ObstacleOpened | ObstacleTaken | ObstacleAmended | ObstacleLifted | ObstacleEscalated | ObstacleAbandoned | ObstacleFlagged | ObstacleUpdateRefused | SupportPlanOpened | SupportActionChanged | IntroductionRecorded | SupportUpdateRefused | ImpactRecorded;
  "vocabularies.v1": VocabularyPublished;
  "follow-ups.v1": FollowUpPlanned | FollowUpSent | FollowUpCancelled | FollowUpFailed;
  "contacts.v1": ContactPublished | ContactPublishedFirst;
  "descriptions.v1": ObstacleDescribed | ApplicationDescribed;
  "erasures.v1": PersonForgotten | PersonErased;
  "refusals.v1": FormRefused;
  "intake.dead-letters.v1": DeadLetterRecorded;
  "matching.dead-letters.v1": DeadLetterRecorded;
  "mentoring.dead-letters.v1": DeadLetterRecorded;
  "notifications.dead-letters.v1": DeadLetterRecorded;
  "journal.dead-letters.v1": DeadLetterRecorded;
}
