DROP INDEX "health_checks_recent";--> statement-breakpoint
CREATE INDEX "health_checks_calls" ON "health_checks" USING btree ("provider","model","checked_at","ok","latency_ms");