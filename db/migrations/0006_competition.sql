CREATE TABLE "accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"competition_id" text NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"models" jsonb NOT NULL,
	CONSTRAINT "accounts_kind" CHECK ("accounts"."kind" in ('model', 'house_baseline', 'buy_and_hold'))
);
--> statement-breakpoint
CREATE TABLE "competitions" (
	"id" text PRIMARY KEY NOT NULL,
	"definition" jsonb NOT NULL,
	"world" text,
	"status" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "competitions_status" CHECK ("competitions"."status" in ('open', 'running', 'finished')),
	CONSTRAINT "competitions_world" CHECK (("competitions"."status" = 'open') = ("competitions"."world" is null))
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"symbol" text NOT NULL,
	"side" text NOT NULL,
	"quantity" bigint NOT NULL,
	"placed_on" date NOT NULL,
	"reason" text NOT NULL,
	"probability" double precision,
	"price_of_yes" double precision,
	"status" text NOT NULL,
	"filled_on" date,
	"filled_quantity" bigint DEFAULT 0 NOT NULL,
	"open_micro_usd" bigint,
	"fill_micro_usd" bigint,
	"fee_micro_usd" bigint DEFAULT 0 NOT NULL,
	"realized_micro_usd" bigint,
	"note" text,
	CONSTRAINT "orders_side" CHECK ("orders"."side" in ('buy', 'sell')),
	CONSTRAINT "orders_quantity" CHECK ("orders"."quantity" > 0 and "orders"."filled_quantity" between 0 and "orders"."quantity"),
	CONSTRAINT "orders_filled" CHECK (("orders"."status" = 'filled') = ("orders"."filled_on" is not null)),
	CONSTRAINT "orders_next_bar" CHECK ("orders"."filled_on" >= "orders"."placed_on")
);
--> statement-breakpoint
CREATE TABLE "positions" (
	"account_id" text NOT NULL,
	"date" date NOT NULL,
	"symbol" text NOT NULL,
	"quantity" bigint NOT NULL,
	"cost_micro_usd" bigint NOT NULL,
	"entered_on" date NOT NULL,
	"mark_micro_usd" bigint NOT NULL,
	"frozen" text,
	CONSTRAINT "positions_account_id_date_symbol_pk" PRIMARY KEY("account_id","date","symbol"),
	CONSTRAINT "positions_quantity" CHECK ("positions"."quantity" > 0 and "positions"."mark_micro_usd" > 0)
);
--> statement-breakpoint
CREATE TABLE "snapshots" (
	"account_id" text NOT NULL,
	"date" date NOT NULL,
	"cash_micro_usd" bigint NOT NULL,
	"positions_micro_usd" bigint NOT NULL,
	"equity_micro_usd" bigint NOT NULL,
	"traded_micro_usd" bigint NOT NULL,
	"fees_micro_usd" bigint NOT NULL,
	CONSTRAINT "snapshots_account_id_date_pk" PRIMARY KEY("account_id","date"),
	CONSTRAINT "snapshots_cash" CHECK ("snapshots"."cash_micro_usd" >= 0),
	CONSTRAINT "snapshots_equity" CHECK ("snapshots"."equity_micro_usd" = "snapshots"."cash_micro_usd" + "snapshots"."positions_micro_usd")
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_competition_id_competitions_id_fk" FOREIGN KEY ("competition_id") REFERENCES "public"."competitions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "positions" ADD CONSTRAINT "positions_account_id_date_snapshots_account_id_date_fk" FOREIGN KEY ("account_id","date") REFERENCES "public"."snapshots"("account_id","date") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "snapshots" ADD CONSTRAINT "snapshots_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_name" ON "accounts" USING btree ("competition_id","name");--> statement-breakpoint
CREATE UNIQUE INDEX "orders_once" ON "orders" USING btree ("account_id","placed_on","symbol");--> statement-breakpoint
CREATE INDEX "orders_waiting" ON "orders" USING btree ("account_id") WHERE status = 'open';