import { z } from 'zod';
import { named } from './shape';

const page = named(
  'Page',
  z.object({
    next_cursor: z.string().nullable().describe('For the query parameter `cursor`; null on the last page.'),
    has_next_page: z.boolean(),
  }),
);

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), page });
}

export function toPage(info: { hasNextPage: boolean; endCursor: string | null }): z.infer<typeof page> {
  return { next_cursor: info.hasNextPage ? info.endCursor : null, has_next_page: info.hasNextPage };
}
