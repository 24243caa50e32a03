CREATE TABLE "deliveries" (
	"kind" text NOT NULL,
	"ref" text NOT NULL,
	"channel" text NOT NULL,
	"made_at" timestamp (3) with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"delivered_at" timestamp (3) with time zone,
	"gave_up_at" timestamp (3) with time zone,
	"last_error" text,
	CONSTRAINT "deliveries_kind_ref_channel_pk" PRIMARY KEY("kind","ref","channel"),
	CONSTRAINT "deliveries_kind" CHECK ("deliveries"."kind" in ('decision', 'report')),
	CONSTRAINT "deliveries_end" CHECK ("deliveries"."delivered_at" is null or "deliveries"."gave_up_at" is null)
);
--> statement-breakpoint
CREATE INDEX "deliveries_due" ON "deliveries" USING btree ("due_at") WHERE delivered_at is null and gave_up_at is null;--> statement-breakpoint
CREATE INDEX "deliveries_newest" ON "deliveries" USING btree ("kind","made_at" DESC NULLS LAST);