"""What monitoring is given: alerts, dashboards and the page of all metrics, the last two made from the catalogue."""
