/** Connections that each task keeps to the orders writer, and as many again to the readers together. */
export const ORDERS_POOL_SIZE = 40;

/** Connections that each task keeps to every member of the catalog: MongoDB drivers pool per server. */
export const CATALOG_POOL_SIZE = 50;
