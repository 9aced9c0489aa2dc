"""A control plane of Kubernetes on this machine, built from its own modules; no kubelet, so no container ever runs."""
