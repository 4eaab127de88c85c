export { shopScale } from './scale';
export type { ShopScale } from './scale';
export { WebShop } from './web-shop';
export type { WebShopProps } from './web-shop';
