CREATE TABLE "alert_deliveries" (
	"alert_id" bigint NOT NULL,
	"moment" text NOT NULL,
	"channel" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"delivered_at" timestamp (3) with time zone,
	"gave_up_at" timestamp (3) with time zone,
	"last_error" text,
	CONSTRAINT "alert_deliveries_alert_id_moment_channel_pk" PRIMARY KEY("alert_id","moment","channel"),
	CONSTRAINT "alert_deliveries_moment" CHECK ("alert_deliveries"."moment" in ('raised', 'resolved')),
	CONSTRAINT "alert_deliveries_end" CHECK ("alert_deliveries"."delivered_at" is null or "alert_deliveries"."gave_up_at" is null)
);
--> statement-breakpoint
CREATE TABLE "rate_limits" (
	"bucket" text PRIMARY KEY NOT NULL,
	"empty_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reports" (
	"world" text NOT NULL,
	"day" date NOT NULL,
	"complete" boolean NOT NULL,
	"document" jsonb NOT NULL,
	"made_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "reports_world_day_pk" PRIMARY KEY("world","day")
);
--> statement-breakpoint
ALTER TABLE "alert_deliveries" ADD CONSTRAINT "alert_deliveries_alert_id_alerts_id_fk" FOREIGN KEY ("alert_id") REFERENCES "public"."alerts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_world_worlds_id_fk" FOREIGN KEY ("world") REFERENCES "public"."worlds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alert_deliveries_due" ON "alert_deliveries" USING btree ("due_at") WHERE delivered_at is null and gave_up_at is null;--> statement-breakpoint
CREATE INDEX "reports_recent" ON "reports" USING btree ("world","day" DESC NULLS LAST);