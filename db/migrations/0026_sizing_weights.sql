CREATE TABLE "sizing_weight_versions" (
	"id" text PRIMARY KEY NOT NULL,
	"world" text NOT NULL,
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
	CONSTRAINT "sizing_weight_versions_status" CHECK ("sizing_weight_versions"."status" in ('candidate', 'active', 'retired'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX "sizing_weight_versions_version" ON "sizing_weight_versions" USING btree ("world","market_category","version");--> statement-breakpoint
CREATE UNIQUE INDEX "sizing_weight_versions_active" ON "sizing_weight_versions" USING btree ("world","market_category") WHERE status = 'active';