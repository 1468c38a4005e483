import { runCommand } from '@shop/kit/service';
import { loadSeedSettings } from './config';
import { connect } from './data-source';
import { seedCatalogue } from './seed/catalogue';

void runCommand({
  name: 'product-seed',
  loadSettings: loadSeedSettings,
  async work(settings, logger) {
    const dataSource = await connect(settings);
    try {
      const added = await seedCatalogue(dataSource, settings.SEED_PRODUCTS);
      logger.info('seeded', { products: settings.SEED_PRODUCTS, added });
    } finally {
      await dataSource.destroy();
    }
  },
});
