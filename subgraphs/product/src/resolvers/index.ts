import type { Resolvers } from '../generated/schema';
import { adjustStock } from './Mutation/adjustStock';
import { commitStock } from './Mutation/commitStock';
import { commitStocks } from './Mutation/commitStocks';
import { createProduct } from './Mutation/createProduct';
import { releaseStock } from './Mutation/releaseStock';
import { reserveStock } from './Mutation/reserveStock';
import { updateProduct } from './Mutation/updateProduct';
import { Product } from './Product';
import { ProductConnection } from './ProductConnection';
import { product } from './Query/product';
import { productBySku } from './Query/productBySku';
import { products } from './Query/products';
import { ReservedLine } from './ReservedLine';
import { ReserveStockResult } from './ReserveStockResult';

export const resolvers: Resolvers = {
  Query: { product, productBySku, products },
  Mutation: {
    createProduct,
    updateProduct,
    adjustStock,
    reserveStock,
    commitStock,
    commitStocks,
    releaseStock,
  },
  Product,
  ProductConnection,
  ReservedLine,
  ReserveStockResult,
};
