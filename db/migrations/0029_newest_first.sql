DROP INDEX "ensemble_decisions_recent";--> statement-breakpoint
DROP INDEX "ensemble_decisions_subject";--> statement-breakpoint
DROP INDEX "forecasts_model";--> statement-breakpoint
DROP INDEX "deliveries_newest";--> statement-breakpoint
DROP INDEX "market_sessions_recent";--> statement-breakpoint
DROP INDEX "settings_history_key";--> statement-breakpoint
DROP INDEX "dossiers_subject";--> statement-breakpoint
DROP INDEX "market_events_recorded";--> statement-breakpoint
DROP INDEX "cap_limit_changes_cap";--> statement-breakpoint
DROP INDEX "alerts_raised";--> statement-breakpoint
DROP INDEX "modes_entered";--> statement-breakpoint
DROP INDEX "panel_predictions_analyst";--> statement-breakpoint
DROP INDEX "panels_recent";--> statement-breakpoint
DROP INDEX "reports_recent";--> statement-breakpoint
DROP INDEX "briefs_key";--> statement-breakpoint
DROP INDEX "price_series_symbol";--> statement-breakpoint
DROP INDEX "schedule_syncs_recent";--> statement-breakpoint
DROP INDEX "task_runs_recent";--> statement-breakpoint
DROP INDEX "tournaments_recent";--> statement-breakpoint
DROP INDEX "model_performance_model";--> statement-breakpoint
DROP INDEX "model_performance_category";--> statement-breakpoint
CREATE INDEX "ensemble_decisions_recent" ON "ensemble_decisions" USING btree ("world","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "ensemble_decisions_subject" ON "ensemble_decisions" USING btree ("world","subject","created_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "forecasts_model" ON "forecasts" USING btree ("world","model","created_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "deliveries_newest" ON "deliveries" USING btree ("kind","made_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "market_sessions_recent" ON "market_sessions" USING btree ("world","started_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "settings_history_key" ON "settings_history" USING btree ("key","changed_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "dossiers_subject" ON "dossiers" USING btree ("world","subject","stored_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "market_events_recorded" ON "market_events" USING btree ("recorded_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "cap_limit_changes_cap" ON "cap_limit_changes" USING btree ("scope","key","changed_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "alerts_raised" ON "alerts" USING btree ("raised_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "modes_entered" ON "modes" USING btree ("entered_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "panel_predictions_analyst" ON "panel_predictions" USING btree ("analyst","created_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "panels_recent" ON "panels" USING btree ("world","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "reports_recent" ON "reports" USING btree ("world","day" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "briefs_key" ON "briefs" USING btree ("key","created_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "price_series_symbol" ON "price_series" USING btree ("world","symbol","fetched_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "schedule_syncs_recent" ON "schedule_syncs" USING btree ("synced_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "task_runs_recent" ON "task_runs" USING btree ("created_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "tournaments_recent" ON "tournaments" USING btree ("created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "model_performance_model" ON "model_performance" USING btree ("world","model","resolved_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "model_performance_category" ON "model_performance" USING btree ("world","market_category","resolved_at" DESC NULLS FIRST);