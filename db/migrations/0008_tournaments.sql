CREATE TABLE "experiment_pairs" (
	"experiment_id" text NOT NULL,
	"decision_id" text NOT NULL,
	"proposition_id" text NOT NULL,
	"model_a" text,
	"model_b" text,
	"probability_a" double precision,
	"probability_b" double precision,
	"failure_a" text,
	"failure_b" text,
	"cost_micro_usd" bigint NOT NULL,
	"asked_at" timestamp (3) with time zone NOT NULL,
	"resolves_at" timestamp (3) with time zone NOT NULL,
	"yes" boolean,
	"resolved_at" timestamp (3) with time zone,
	CONSTRAINT "experiment_pairs_experiment_id_decision_id_pk" PRIMARY KEY("experiment_id","decision_id"),
	CONSTRAINT "experiment_pairs_resolved" CHECK (("experiment_pairs"."yes" is null) = ("experiment_pairs"."resolved_at" is null))
);
--> statement-breakpoint
CREATE TABLE "task_ratings" (
	"run_id" text PRIMARY KEY NOT NULL,
	"task_type" text NOT NULL,
	"model" text NOT NULL,
	"rating" double precision NOT NULL,
	"comment" text NOT NULL,
	"rated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "task_ratings_range" CHECK ("task_ratings"."rating" between 0 and 10)
);
--> statement-breakpoint
CREATE TABLE "task_runs" (
	"id" text PRIMARY KEY NOT NULL,
	"task_type" text NOT NULL,
	"tier" text,
	"prompt_id" text NOT NULL,
	"status" text NOT NULL,
	"failure" text,
	"model" text NOT NULL,
	"provider" text NOT NULL,
	"answer_key" text,
	"reason" text NOT NULL,
	"cost_micro_usd" bigint NOT NULL,
	"latency_ms" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "task_runs_status" CHECK (("task_runs"."status" = 'failed') = ("task_runs"."failure" is not null))
);
--> statement-breakpoint
CREATE TABLE "task_texts" (
	"id" text PRIMARY KEY NOT NULL,
	"body" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tournaments" (
	"id" text PRIMARY KEY NOT NULL,
	"world" text NOT NULL,
	"task_type" text NOT NULL,
	"prompt_id" text NOT NULL,
	"options" jsonb NOT NULL,
	"declared_default" text NOT NULL,
	"timeout_ms" bigint NOT NULL,
	"budget_micro_usd" bigint,
	"status" text NOT NULL,
	"verdict" text,
	"confidence" text,
	"median" double precision,
	"members" jsonb NOT NULL,
	"why" jsonb NOT NULL,
	"review_id" text,
	"cost_micro_usd" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "tournaments_status" CHECK ("tournaments"."status" in ('asking', 'waiting', 'agreed', 'decided', 'defaulted', 'abstained', 'cancelled')),
	CONSTRAINT "tournaments_verdict" CHECK (("tournaments"."status" in ('agreed', 'decided', 'defaulted')) = ("tournaments"."verdict" is not null) and ("tournaments"."verdict" is null) = ("tournaments"."confidence" is null)),
	CONSTRAINT "tournaments_end" CHECK (("tournaments"."status" in ('asking', 'waiting')) = ("tournaments"."ended_at" is null))
);
--> statement-breakpoint
ALTER TABLE "experiment_pairs" ADD CONSTRAINT "experiment_pairs_experiment_id_experiments_id_fk" FOREIGN KEY ("experiment_id") REFERENCES "public"."experiments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_ratings" ADD CONSTRAINT "task_ratings_run_id_task_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."task_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_runs" ADD CONSTRAINT "task_runs_prompt_id_task_texts_id_fk" FOREIGN KEY ("prompt_id") REFERENCES "public"."task_texts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tournaments" ADD CONSTRAINT "tournaments_world_worlds_id_fk" FOREIGN KEY ("world") REFERENCES "public"."worlds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tournaments" ADD CONSTRAINT "tournaments_prompt_id_task_texts_id_fk" FOREIGN KEY ("prompt_id") REFERENCES "public"."task_texts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "experiment_pairs_proposition" ON "experiment_pairs" USING btree ("proposition_id");--> statement-breakpoint
CREATE INDEX "task_ratings_task" ON "task_ratings" USING btree ("task_type","rated_at");--> statement-breakpoint
CREATE INDEX "task_runs_recent" ON "task_runs" USING btree ("created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "tournaments_recent" ON "tournaments" USING btree ("created_at" DESC NULLS LAST,"id" DESC NULLS LAST);