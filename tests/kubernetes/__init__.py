"""What can be known of `deploy/kubernetes` without a cluster; `make kubernetes` runs it."""
