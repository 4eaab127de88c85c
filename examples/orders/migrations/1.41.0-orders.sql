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
