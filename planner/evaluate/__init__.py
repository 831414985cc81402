"""Score any plan against any district: every measure a planner would want, beside today's."""
