-- Production at 1.41: its schema, the migrations that made it, and a thousand orders.
create table orders (
  id integer generated always as identity primary key,
  customer text not null,
  cents integer not null,
  shipping integer not null,
  placed_at timestamptz not null default now(),
  processed_at timestamptz
);
create index orders_of_customer on orders (customer, id desc);
create index orders_to_process on orders (id) where processed_at is null;

create table migrations (
  name text primary key,
  applied_at timestamptz not null default now()
);
insert into migrations values ('1.41.0-orders', '2026-10-05T09:00:00Z');

-- All but the last ten are processed: the worker has something to do when it starts.
insert into orders (customer, cents, shipping, placed_at, processed_at)
select
  'customer-' || n % 97,
  990 + n * 37 % 20000,
  case when n % 5 = 0 then 0 else 490 end,
  placed_at,
  case when n <= 990 then placed_at + interval '2 seconds' end
from generate_series(1, 1000) as n, lateral (values (timestamptz '2026-11-01T00:00:00Z' + n * interval '20 minutes')) as at (placed_at)
order by n;
