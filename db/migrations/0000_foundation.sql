CREATE TABLE "answers" (
	"key" text PRIMARY KEY NOT NULL,
	"world" text NOT NULL,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"status" text NOT NULL,
	"failure" text,
	"answer" jsonb,
	"usage" jsonb,
	"cost_micro_usd" bigint,
	"latency_ms" integer NOT NULL,
	"served_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "answers_status" CHECK (("answers"."status" = 'failed') = ("answers"."failure" is not null))
);
--> statement-breakpoint
CREATE TABLE "ensemble_decisions" (
	"id" text PRIMARY KEY NOT NULL,
	"world" text NOT NULL,
	"session_id" text,
	"subject" text NOT NULL,
	"category" text NOT NULL,
	"proposition_id" text NOT NULL,
	"brief_id" text,
	"status" text NOT NULL,
	"strategy" text NOT NULL,
	"stage" text NOT NULL,
	"stake_micro_usd" bigint NOT NULL,
	"probability" double precision,
	"action" text NOT NULL,
	"size_micro_usd" bigint NOT NULL,
	"why" jsonb NOT NULL,
	"disagreement" jsonb,
	"quorum" jsonb NOT NULL,
	"members" jsonb NOT NULL,
	"selected_model" text,
	"mode" text NOT NULL,
	"degradations" jsonb NOT NULL,
	"price" double precision,
	"price_at" timestamp (3) with time zone,
	"weights_version" text,
	"calibration_versions" jsonb NOT NULL,
	"candidates" jsonb NOT NULL,
	"shadow" jsonb NOT NULL,
	"details" jsonb NOT NULL,
	"cost_micro_usd" bigint NOT NULL,
	"synthetic" boolean NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "ensemble_decisions_status" CHECK ("ensemble_decisions"."status" in ('decided', 'abstained', 'no_consensus', 'parked', 'expired')),
	CONSTRAINT "ensemble_decisions_probability" CHECK (("ensemble_decisions"."status" = 'decided') = ("ensemble_decisions"."probability" is not null) and ("ensemble_decisions"."probability" is null or "ensemble_decisions"."probability" between 0 and 1)),
	CONSTRAINT "ensemble_decisions_action" CHECK ("ensemble_decisions"."action" in ('buy', 'sell', 'hold')),
	CONSTRAINT "ensemble_decisions_size" CHECK ("ensemble_decisions"."size_micro_usd" >= 0 and ("ensemble_decisions"."action" = 'hold') = ("ensemble_decisions"."size_micro_usd" = 0) and "ensemble_decisions"."size_micro_usd" <= "ensemble_decisions"."stake_micro_usd"),
	CONSTRAINT "ensemble_decisions_traded" CHECK ("ensemble_decisions"."size_micro_usd" = 0 or "ensemble_decisions"."status" = 'decided'),
	CONSTRAINT "ensemble_decisions_cost" CHECK ("ensemble_decisions"."cost_micro_usd" >= 0)
);
--> statement-breakpoint
CREATE TABLE "forecasts" (
	"id" text PRIMARY KEY NOT NULL,
	"world" text NOT NULL,
	"decision_id" text,
	"attempt_group" text NOT NULL,
	"model" text NOT NULL,
	"provider" text NOT NULL,
	"model_version" text NOT NULL,
	"proposition_id" text NOT NULL,
	"brief_id" text,
	"answer_key" text,
	"status" text NOT NULL,
	"failure" text,
	"probability" double precision,
	"calibrated_probability" double precision,
	"weight" double precision,
	"reasons" jsonb NOT NULL,
	"cost_micro_usd" bigint,
	"latency_ms" integer NOT NULL,
	"shadow" boolean NOT NULL,
	"synthetic" boolean NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "forecasts_status" CHECK ("forecasts"."status" in ('answered', 'failed') and ("forecasts"."status" = 'answered') = ("forecasts"."probability" is not null) and ("forecasts"."status" = 'failed') = ("forecasts"."failure" is not null)),
	CONSTRAINT "forecasts_probability" CHECK (coalesce("forecasts"."probability" between 0 and 1, true) and coalesce("forecasts"."calibrated_probability" between 0 and 1, true))
);
--> statement-breakpoint
CREATE TABLE "propositions" (
	"id" text PRIMARY KEY NOT NULL,
	"world" text NOT NULL,
	"subject" text NOT NULL,
	"statement" text NOT NULL,
	"category" text NOT NULL,
	"as_of" timestamp (3) with time zone NOT NULL,
	"resolves_at" timestamp (3) with time zone NOT NULL,
	"rule" jsonb NOT NULL,
	"price_of_yes" double precision,
	"price_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "propositions_price" CHECK ("propositions"."price_of_yes" between 0 and 1)
);
--> statement-breakpoint
CREATE TABLE "reviews" (
	"id" text PRIMARY KEY NOT NULL,
	"world" text NOT NULL,
	"target_kind" text NOT NULL,
	"target_id" text NOT NULL,
	"workflow_id" text NOT NULL,
	"question" text NOT NULL,
	"options" jsonb NOT NULL,
	"declared_default" text NOT NULL,
	"status" text NOT NULL,
	"verdict" text,
	"reviewer" text,
	"comment" text,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone,
	CONSTRAINT "reviews_status" CHECK ("reviews"."status" in ('waiting', 'answered', 'timed_out', 'cancelled')),
	CONSTRAINT "reviews_closed" CHECK (("reviews"."status" = 'waiting') = ("reviews"."closed_at" is null))
);
--> statement-breakpoint
CREATE TABLE "market_sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"world" text NOT NULL,
	"market" text NOT NULL,
	"date" date NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"decision_at" timestamp (3) with time zone NOT NULL,
	"stake_micro_usd" bigint NOT NULL,
	"subjects" jsonb NOT NULL,
	"mode" text NOT NULL,
	"synthetic" boolean NOT NULL,
	"cost_micro_usd" bigint DEFAULT 0 NOT NULL,
	"saved_micro_usd" bigint DEFAULT 0 NOT NULL,
	"provider_calls" integer DEFAULT 0 NOT NULL,
	"wall_ms" integer,
	"note" text,
	"started_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "market_sessions_status" CHECK ("market_sessions"."status" in ('running', 'finished', 'skipped', 'failed', 'cancelled')),
	CONSTRAINT "market_sessions_end" CHECK (("market_sessions"."status" = 'running') = ("market_sessions"."ended_at" is null)),
	CONSTRAINT "market_sessions_totals" CHECK ("market_sessions"."cost_micro_usd" >= 0 and "market_sessions"."saved_micro_usd" >= 0 and "market_sessions"."provider_calls" >= 0)
);
--> statement-breakpoint
CREATE TABLE "requests" (
	"key" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"body_hash" text NOT NULL,
	"workflow_id" text,
	"status" text NOT NULL,
	"result" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "requests_status" CHECK ("requests"."status" in ('open', 'done', 'failed')),
	CONSTRAINT "requests_end" CHECK (("requests"."status" = 'open') = ("requests"."ended_at" is null))
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"key" text PRIMARY KEY NOT NULL,
	"category" text NOT NULL,
	"value" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "settings_history" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"old_value" jsonb,
	"new_value" jsonb,
	"reason" text NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "epochs" (
	"world" text NOT NULL,
	"scope" text NOT NULL,
	"seq" bigint NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "epochs_world_scope_pk" PRIMARY KEY("world","scope")
);
--> statement-breakpoint
CREATE TABLE "market_events" (
	"id" text PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL,
	"type" text NOT NULL,
	"world" text,
	"everything" boolean NOT NULL,
	"subjects" text[] NOT NULL,
	"reason" text NOT NULL,
	"happened_at" timestamp (3) with time zone NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "market_events_seq_unique" UNIQUE("seq")
);
--> statement-breakpoint
CREATE TABLE "model_prices" (
	"model_id" text NOT NULL,
	"valid_from" timestamp (3) with time zone NOT NULL,
	"input_per_1m" bigint NOT NULL,
	"output_per_1m" bigint NOT NULL,
	"cached_input_per_1m" bigint,
	"cache_write_per_1m" bigint,
	"long_context" jsonb,
	"source" text NOT NULL,
	"recorded_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "model_prices_model_id_valid_from_pk" PRIMARY KEY("model_id","valid_from"),
	CONSTRAINT "model_prices_positive" CHECK ("model_prices"."input_per_1m" >= 0 and "model_prices"."output_per_1m" >= 0)
);
--> statement-breakpoint
CREATE TABLE "models" (
	"id" text PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"provider_model" text NOT NULL,
	"display_name" text NOT NULL,
	"quality" double precision NOT NULL,
	"context_tokens" integer NOT NULL,
	"max_output_tokens" integer NOT NULL,
	"strengths" text[] NOT NULL,
	"speed" text NOT NULL,
	"local" boolean NOT NULL,
	"statistical" boolean NOT NULL,
	"key_name" text,
	"research_sibling" text,
	"version" text NOT NULL,
	"origin" text NOT NULL,
	"removed_at" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "models_quality" CHECK ("models"."quality" between 0 and 10),
	CONSTRAINT "models_speed" CHECK ("models"."speed" in ('very_fast', 'fast', 'medium', 'slow')),
	CONSTRAINT "models_tokens" CHECK ("models"."context_tokens" > 0 and "models"."max_output_tokens" > 0),
	CONSTRAINT "models_origin" CHECK ("models"."origin" in ('seed', 'user', 'discovered'))
);
--> statement-breakpoint
CREATE TABLE "cap_limit_changes" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"scope" text NOT NULL,
	"key" text NOT NULL,
	"action" text NOT NULL,
	"old_limit_micro_usd" bigint,
	"new_limit_micro_usd" bigint,
	"policy" text,
	"reason" text NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "cap_limit_changes_reason" CHECK (length(trim("cap_limit_changes"."reason")) > 0)
);
--> statement-breakpoint
CREATE TABLE "cap_limits" (
	"scope" text NOT NULL,
	"key" text NOT NULL,
	"limit_micro_usd" bigint NOT NULL,
	"policy" text NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "cap_limits_scope_key_pk" PRIMARY KEY("scope","key"),
	CONSTRAINT "cap_limits_limit" CHECK ("cap_limits"."limit_micro_usd" >= 0),
	CONSTRAINT "cap_limits_scope" CHECK ("cap_limits"."scope" in ('month', 'day', 'market_session', 'decision', 'provider', 'model')),
	CONSTRAINT "cap_limits_policy" CHECK ("cap_limits"."policy" in ('stop', 'downgrade'))
);
--> statement-breakpoint
CREATE TABLE "caps" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"scope" text NOT NULL,
	"key" text NOT NULL,
	"period" text NOT NULL,
	"limit_micro_usd" bigint NOT NULL,
	"spent_micro_usd" bigint DEFAULT 0 NOT NULL,
	"held_micro_usd" bigint DEFAULT 0 NOT NULL,
	"overrun_micro_usd" bigint DEFAULT 0 NOT NULL,
	"policy" text NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone,
	CONSTRAINT "caps_never_over" CHECK ("caps"."spent_micro_usd" + "caps"."held_micro_usd" <= "caps"."limit_micro_usd" + "caps"."overrun_micro_usd"),
	CONSTRAINT "caps_positive" CHECK ("caps"."limit_micro_usd" >= 0 and "caps"."spent_micro_usd" >= 0 and "caps"."held_micro_usd" >= 0 and "caps"."overrun_micro_usd" >= 0),
	CONSTRAINT "caps_scope" CHECK ("caps"."scope" in ('month', 'day', 'market_session', 'decision', 'provider', 'model')),
	CONSTRAINT "caps_policy" CHECK ("caps"."policy" in ('stop', 'downgrade'))
);
--> statement-breakpoint
CREATE TABLE "ledger" (
	"key" text PRIMARY KEY NOT NULL,
	"call_key" text NOT NULL,
	"ordinal" integer NOT NULL,
	"world" text NOT NULL,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"feature" text NOT NULL,
	"category" text NOT NULL,
	"decision_id" text,
	"session_id" text,
	"status" text NOT NULL,
	"billed" boolean NOT NULL,
	"reserved_micro_usd" bigint NOT NULL,
	"actual_micro_usd" bigint,
	"price_version" text NOT NULL,
	"input_tokens" integer,
	"cached_input_tokens" integer,
	"cache_write_tokens" integer,
	"output_tokens" integer,
	"reasoning_tokens" integer,
	"outcome" text,
	"note" text,
	"reserved_at" timestamp (3) with time zone NOT NULL,
	"settled_at" timestamp (3) with time zone,
	CONSTRAINT "ledger_status" CHECK ("ledger"."status" in ('reserved', 'settled', 'void', 'uncertain')),
	CONSTRAINT "ledger_amounts" CHECK ("ledger"."reserved_micro_usd" >= 0 and coalesce("ledger"."actual_micro_usd" >= 0, true)),
	CONSTRAINT "ledger_settled" CHECK (("ledger"."status" = 'settled') = ("ledger"."actual_micro_usd" is not null))
);
--> statement-breakpoint
CREATE TABLE "reservations" (
	"ledger_key" text NOT NULL,
	"cap_id" bigint NOT NULL,
	"status" text NOT NULL,
	"held_micro_usd" bigint NOT NULL,
	"spent_micro_usd" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "reservations_ledger_key_cap_id_pk" PRIMARY KEY("ledger_key","cap_id"),
	CONSTRAINT "reservations_status" CHECK ("reservations"."status" in ('open', 'settled', 'void')),
	CONSTRAINT "reservations_amounts" CHECK ("reservations"."held_micro_usd" >= 0 and "reservations"."spent_micro_usd" >= 0)
);
--> statement-breakpoint
CREATE TABLE "alerts" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"episode" text NOT NULL,
	"severity" text NOT NULL,
	"title" text NOT NULL,
	"details" jsonb NOT NULL,
	"raised_at" timestamp (3) with time zone NOT NULL,
	"resolved_at" timestamp (3) with time zone,
	"raised_delivered_at" timestamp (3) with time zone,
	"resolved_delivered_at" timestamp (3) with time zone,
	CONSTRAINT "alerts_severity" CHECK ("alerts"."severity" in ('info', 'warning', 'critical'))
);
--> statement-breakpoint
CREATE TABLE "breakers" (
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"phase" text NOT NULL,
	"state" jsonb NOT NULL,
	"probe_holder" text,
	"probe_until" timestamp (3) with time zone,
	"version" bigint DEFAULT 0 NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "breakers_provider_model_pk" PRIMARY KEY("provider","model"),
	CONSTRAINT "breakers_phase" CHECK ("breakers"."phase" in ('closed', 'open', 'half_open')),
	CONSTRAINT "breakers_lease" CHECK (("breakers"."probe_holder" is null) = ("breakers"."probe_until" is null))
);
--> statement-breakpoint
CREATE TABLE "health_checks" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"origin" text NOT NULL,
	"ok" boolean NOT NULL,
	"failure" text,
	"latency_ms" integer,
	"checked_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "health_checks_origin" CHECK ("health_checks"."origin" in ('check', 'call', 'probe'))
);
--> statement-breakpoint
CREATE TABLE "model_health" (
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"available" boolean NOT NULL,
	"availability" double precision NOT NULL,
	"consecutive_failures" integer NOT NULL,
	"average_response_time_ms" double precision,
	"last_failure" text,
	"last_check_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "model_health_provider_model_pk" PRIMARY KEY("provider","model"),
	CONSTRAINT "model_health_availability" CHECK ("model_health"."availability" between 0 and 1),
	CONSTRAINT "model_health_failures" CHECK ("model_health"."consecutive_failures" >= 0)
);
--> statement-breakpoint
CREATE TABLE "modes" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"mode" text NOT NULL,
	"manual" boolean NOT NULL,
	"reason" text NOT NULL,
	"facts" jsonb NOT NULL,
	"entered_at" timestamp (3) with time zone NOT NULL,
	"left_at" timestamp (3) with time zone,
	CONSTRAINT "modes_mode" CHECK ("modes"."mode" in ('normal', 'degraded', 'conservative', 'cached', 'halted'))
);
--> statement-breakpoint
CREATE TABLE "brief_reads" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"world" text NOT NULL,
	"subject" text NOT NULL,
	"kind" text NOT NULL,
	"template" text NOT NULL,
	"outcome" text NOT NULL,
	"brief_id" text,
	"epoch" bigint,
	"reader" text NOT NULL,
	"cost_saved_micro_usd" bigint NOT NULL,
	"read_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "brief_reads_outcome" CHECK ("brief_reads"."outcome" in ('hit', 'miss', 'join')),
	CONSTRAINT "brief_reads_saved" CHECK ("brief_reads"."cost_saved_micro_usd" >= 0)
);
--> statement-breakpoint
CREATE TABLE "briefs" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"world" text NOT NULL,
	"as_of" timestamp (3) with time zone NOT NULL,
	"subject" text NOT NULL,
	"kind" text NOT NULL,
	"template" text NOT NULL,
	"content" jsonb NOT NULL,
	"sources" jsonb NOT NULL,
	"quality" double precision NOT NULL,
	"written_by" text NOT NULL,
	"verified_by" text NOT NULL,
	"synthetic" boolean NOT NULL,
	"cost_micro_usd" bigint NOT NULL,
	"epoch" bigint NOT NULL,
	"bytes" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"last_read_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "briefs_quality" CHECK ("briefs"."quality" between 0 and 100),
	CONSTRAINT "briefs_cost" CHECK ("briefs"."cost_micro_usd" >= 0)
);
--> statement-breakpoint
CREATE TABLE "price_series" (
	"id" text PRIMARY KEY NOT NULL,
	"world" text NOT NULL,
	"symbol" text NOT NULL,
	"source" text NOT NULL,
	"synthetic" boolean NOT NULL,
	"currency" text NOT NULL,
	"bars" jsonb NOT NULL,
	"fetched_at" timestamp (3) with time zone NOT NULL,
	"stored_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "research_sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"world" text NOT NULL,
	"as_of" timestamp (3) with time zone,
	"subject" text NOT NULL,
	"kind" text NOT NULL,
	"template" text NOT NULL,
	"status" text NOT NULL,
	"restarts" integer DEFAULT 0 NOT NULL,
	"brief_id" text,
	"quality" double precision,
	"cost_micro_usd" bigint DEFAULT 0 NOT NULL,
	"failure" text,
	"started_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "research_sessions_status" CHECK ("research_sessions"."status" in ('running', 'stored', 'failed', 'cancelled')),
	CONSTRAINT "research_sessions_end" CHECK (("research_sessions"."status" = 'running') = ("research_sessions"."ended_at" is null))
);
--> statement-breakpoint
CREATE TABLE "calibrators" (
	"id" text PRIMARY KEY NOT NULL,
	"world" text NOT NULL,
	"model" text NOT NULL,
	"market_category" text NOT NULL,
	"version" integer NOT NULL,
	"status" text NOT NULL,
	"parameters" jsonb NOT NULL,
	"n" integer NOT NULL,
	"trained_through" timestamp (3) with time zone NOT NULL,
	"evidence" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"activated_at" timestamp (3) with time zone,
	"retired_at" timestamp (3) with time zone,
	"retired_reason" text,
	CONSTRAINT "calibrators_status" CHECK ("calibrators"."status" in ('candidate', 'active', 'retired'))
);
--> statement-breakpoint
CREATE TABLE "experiments" (
	"id" text PRIMARY KEY NOT NULL,
	"world" text NOT NULL,
	"name" text NOT NULL,
	"arms" jsonb NOT NULL,
	"metric" text NOT NULL,
	"status" text NOT NULL,
	"state" jsonb NOT NULL,
	"conclusion" text,
	"started_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "experiments_status" CHECK ("experiments"."status" in ('running', 'stopped', 'concluded')),
	CONSTRAINT "experiments_end" CHECK (("experiments"."status" = 'running') = ("experiments"."ended_at" is null))
);
--> statement-breakpoint
CREATE TABLE "model_performance" (
	"forecast_id" text PRIMARY KEY NOT NULL,
	"world" text NOT NULL,
	"model" text NOT NULL,
	"model_version" text NOT NULL,
	"proposition_id" text NOT NULL,
	"outcome_revision" integer NOT NULL,
	"market_category" text NOT NULL,
	"volatility_regime" text NOT NULL,
	"time_to_expiry" text NOT NULL,
	"probability" double precision NOT NULL,
	"price" double precision,
	"yes" boolean NOT NULL,
	"accuracy" double precision NOT NULL,
	"confidence_calibration" double precision NOT NULL,
	"calibration_bin" integer NOT NULL,
	"brier" double precision NOT NULL,
	"log_loss" double precision NOT NULL,
	"response_time_ms" integer NOT NULL,
	"cost_micro_usd" bigint,
	"decision_quality" double precision NOT NULL,
	"pnl_micro_usd" bigint,
	"forecast_at" timestamp (3) with time zone NOT NULL,
	"resolved_at" timestamp (3) with time zone NOT NULL,
	"scored_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "model_performance_probability" CHECK ("model_performance"."probability" between 0 and 1),
	CONSTRAINT "model_performance_brier" CHECK ("model_performance"."brier" between 0 and 1)
);
--> statement-breakpoint
CREATE TABLE "outcomes" (
	"proposition_id" text NOT NULL,
	"revision" integer NOT NULL,
	"status" text NOT NULL,
	"yes" boolean,
	"reference_value" double precision,
	"resolving_value" double precision,
	"source" text NOT NULL,
	"reason" text NOT NULL,
	"resolved_at" timestamp (3) with time zone NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "outcomes_proposition_id_revision_pk" PRIMARY KEY("proposition_id","revision"),
	CONSTRAINT "outcomes_status" CHECK ("outcomes"."status" in ('resolved', 'void')),
	CONSTRAINT "outcomes_yes" CHECK (("outcomes"."status" = 'resolved') = ("outcomes"."yes" is not null))
);
--> statement-breakpoint
CREATE TABLE "performance_windows" (
	"world" text NOT NULL,
	"model" text NOT NULL,
	"time_window" text NOT NULL,
	"market_category" text NOT NULL,
	"volatility_regime" text NOT NULL,
	"time_to_expiry" text NOT NULL,
	"n" integer NOT NULL,
	"metrics" jsonb NOT NULL,
	"as_of" timestamp (3) with time zone NOT NULL,
	"computed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "performance_windows_world_model_time_window_market_category_volatility_regime_time_to_expiry_pk" PRIMARY KEY("world","model","time_window","market_category","volatility_regime","time_to_expiry"),
	CONSTRAINT "performance_windows_window" CHECK ("performance_windows"."time_window" in ('1h', '6h', '24h', '7d', '30d', 'all')),
	CONSTRAINT "performance_windows_n" CHECK ("performance_windows"."n" >= 0)
);
--> statement-breakpoint
CREATE TABLE "weight_versions" (
	"id" text PRIMARY KEY NOT NULL,
	"world" text NOT NULL,
	"market_category" text NOT NULL,
	"version" integer NOT NULL,
	"status" text NOT NULL,
	"weights" jsonb NOT NULL,
	"n" integer NOT NULL,
	"trained_through" timestamp (3) with time zone NOT NULL,
	"evidence" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"activated_at" timestamp (3) with time zone,
	"retired_at" timestamp (3) with time zone,
	"retired_reason" text,
	CONSTRAINT "weight_versions_status" CHECK ("weight_versions"."status" in ('candidate', 'active', 'retired'))
);
--> statement-breakpoint
CREATE TABLE "worlds" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"clock_at" timestamp (3) with time zone,
	"clock_offset" interval DEFAULT '0' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "worlds_kind" CHECK ("worlds"."kind" in ('live', 'synthetic', 'replay')),
	CONSTRAINT "worlds_replay_clock" CHECK (("worlds"."kind" = 'replay') = ("worlds"."clock_at" is not null)),
	CONSTRAINT "worlds_replay_id" CHECK (("worlds"."kind" = 'replay') = ("worlds"."id" like 'replay:%'))
);
--> statement-breakpoint
ALTER TABLE "ensemble_decisions" ADD CONSTRAINT "ensemble_decisions_world_worlds_id_fk" FOREIGN KEY ("world") REFERENCES "public"."worlds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ensemble_decisions" ADD CONSTRAINT "ensemble_decisions_proposition_id_propositions_id_fk" FOREIGN KEY ("proposition_id") REFERENCES "public"."propositions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "forecasts" ADD CONSTRAINT "forecasts_world_worlds_id_fk" FOREIGN KEY ("world") REFERENCES "public"."worlds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "forecasts" ADD CONSTRAINT "forecasts_decision_id_ensemble_decisions_id_fk" FOREIGN KEY ("decision_id") REFERENCES "public"."ensemble_decisions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "forecasts" ADD CONSTRAINT "forecasts_proposition_id_propositions_id_fk" FOREIGN KEY ("proposition_id") REFERENCES "public"."propositions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "propositions" ADD CONSTRAINT "propositions_world_worlds_id_fk" FOREIGN KEY ("world") REFERENCES "public"."worlds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "market_sessions" ADD CONSTRAINT "market_sessions_world_worlds_id_fk" FOREIGN KEY ("world") REFERENCES "public"."worlds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reservations" ADD CONSTRAINT "reservations_ledger_key_ledger_key_fk" FOREIGN KEY ("ledger_key") REFERENCES "public"."ledger"("key") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reservations" ADD CONSTRAINT "reservations_cap_id_caps_id_fk" FOREIGN KEY ("cap_id") REFERENCES "public"."caps"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "briefs" ADD CONSTRAINT "briefs_world_worlds_id_fk" FOREIGN KEY ("world") REFERENCES "public"."worlds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "price_series" ADD CONSTRAINT "price_series_world_worlds_id_fk" FOREIGN KEY ("world") REFERENCES "public"."worlds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "research_sessions" ADD CONSTRAINT "research_sessions_world_worlds_id_fk" FOREIGN KEY ("world") REFERENCES "public"."worlds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_performance" ADD CONSTRAINT "model_performance_forecast_id_forecasts_id_fk" FOREIGN KEY ("forecast_id") REFERENCES "public"."forecasts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outcomes" ADD CONSTRAINT "outcomes_proposition_id_propositions_id_fk" FOREIGN KEY ("proposition_id") REFERENCES "public"."propositions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "answers_created" ON "answers" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "ensemble_decisions_recent" ON "ensemble_decisions" USING btree ("world","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "ensemble_decisions_subject" ON "ensemble_decisions" USING btree ("world","subject","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "ensemble_decisions_session" ON "ensemble_decisions" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "ensemble_decisions_proposition" ON "ensemble_decisions" USING btree ("proposition_id");--> statement-breakpoint
CREATE UNIQUE INDEX "forecasts_once" ON "forecasts" USING btree ("decision_id","model","attempt_group");--> statement-breakpoint
CREATE INDEX "forecasts_proposition" ON "forecasts" USING btree ("proposition_id");--> statement-breakpoint
CREATE INDEX "forecasts_model" ON "forecasts" USING btree ("world","model","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "propositions_due" ON "propositions" USING btree ("world","resolves_at");--> statement-breakpoint
CREATE INDEX "propositions_subject" ON "propositions" USING btree ("world","subject");--> statement-breakpoint
CREATE INDEX "reviews_waiting" ON "reviews" USING btree ("due_at") WHERE status = 'waiting';--> statement-breakpoint
CREATE INDEX "market_sessions_recent" ON "market_sessions" USING btree ("world","started_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "market_sessions_open" ON "market_sessions" USING btree ("started_at") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "requests_created" ON "requests" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "requests_open" ON "requests" USING btree ("created_at") WHERE status = 'open';--> statement-breakpoint
CREATE INDEX "settings_history_key" ON "settings_history" USING btree ("key","changed_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "market_events_recorded" ON "market_events" USING btree ("recorded_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "models_provider" ON "models" USING btree ("provider");--> statement-breakpoint
CREATE INDEX "cap_limit_changes_cap" ON "cap_limit_changes" USING btree ("scope","key","changed_at" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "caps_open" ON "caps" USING btree ("scope","key","period") WHERE closed_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_call" ON "ledger" USING btree ("call_key","ordinal");--> statement-breakpoint
CREATE INDEX "ledger_reserved_at" ON "ledger" USING btree ("reserved_at");--> statement-breakpoint
CREATE INDEX "ledger_model" ON "ledger" USING btree ("model","reserved_at");--> statement-breakpoint
CREATE INDEX "ledger_session" ON "ledger" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "ledger_decision" ON "ledger" USING btree ("decision_id");--> statement-breakpoint
CREATE INDEX "ledger_open" ON "ledger" USING btree ("reserved_at") WHERE status = 'reserved';--> statement-breakpoint
CREATE INDEX "reservations_cap" ON "reservations" USING btree ("cap_id");--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_episode_open" ON "alerts" USING btree ("episode") WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX "alerts_raised" ON "alerts" USING btree ("raised_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "health_checks_recent" ON "health_checks" USING btree ("provider","checked_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "health_checks_age" ON "health_checks" USING btree ("checked_at");--> statement-breakpoint
CREATE UNIQUE INDEX "modes_current" ON "modes" USING btree ("manual") WHERE left_at is null;--> statement-breakpoint
CREATE INDEX "modes_entered" ON "modes" USING btree ("entered_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "brief_reads_subject" ON "brief_reads" USING btree ("world","subject","kind");--> statement-breakpoint
CREATE INDEX "brief_reads_at" ON "brief_reads" USING btree ("read_at");--> statement-breakpoint
CREATE INDEX "briefs_key" ON "briefs" USING btree ("key","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "briefs_expiry" ON "briefs" USING btree ("world","expires_at");--> statement-breakpoint
CREATE INDEX "briefs_lru" ON "briefs" USING btree ("last_read_at");--> statement-breakpoint
CREATE INDEX "price_series_symbol" ON "price_series" USING btree ("world","symbol","fetched_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "research_sessions_subject" ON "research_sessions" USING btree ("world","subject","kind");--> statement-breakpoint
CREATE INDEX "research_sessions_open" ON "research_sessions" USING btree ("started_at") WHERE ended_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "calibrators_version" ON "calibrators" USING btree ("world","model","market_category","version");--> statement-breakpoint
CREATE UNIQUE INDEX "calibrators_active" ON "calibrators" USING btree ("world","model","market_category") WHERE status = 'active';--> statement-breakpoint
CREATE INDEX "experiments_running" ON "experiments" USING btree ("started_at") WHERE status = 'running';--> statement-breakpoint
CREATE INDEX "model_performance_model" ON "model_performance" USING btree ("world","model","resolved_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "model_performance_category" ON "model_performance" USING btree ("world","market_category","resolved_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "model_performance_proposition" ON "model_performance" USING btree ("proposition_id");--> statement-breakpoint
CREATE INDEX "outcomes_recorded" ON "outcomes" USING btree ("recorded_at");--> statement-breakpoint
CREATE UNIQUE INDEX "weight_versions_version" ON "weight_versions" USING btree ("world","market_category","version");--> statement-breakpoint
CREATE UNIQUE INDEX "weight_versions_active" ON "weight_versions" USING btree ("world","market_category") WHERE status = 'active';