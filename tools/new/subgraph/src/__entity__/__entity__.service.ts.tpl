import { requireAdmin } from '@shop/access';
import type { Viewer } from '@shop/kit/auth';
import { AppError } from '@shop/kit/errors';
import { newId } from '@shop/kit/ids';
import type { __Entity__ } from './__entity__.entity';
import type { __Entity__Repository } from './__entity__.repository';

const maximumTitleLength = 200;

export class __Entity__Service {
  constructor(private readonly rows: __Entity__Repository) {}

  /** @throws AppError unauthenticated, forbidden, or bad_request for an invalid title */
  create(viewer: Viewer, { title }: { title: string }): Promise<__Entity__> {
    requireAdmin(viewer);
    const trimmed = title.trim();
    if (trimmed === '' || trimmed.length > maximumTitleLength || trimmed.includes('\0')) {
      const message = `The title must have 1 to ${maximumTitleLength} characters and no NUL, not ${trimmed.length}.`;
      throw new AppError('bad_request', message);
    }
    return this.rows.insert({ id: newId(), title: trimmed });
  }
}
