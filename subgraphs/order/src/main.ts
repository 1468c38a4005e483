import { run } from './service';

void run();
