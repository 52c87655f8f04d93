// The same Deployment in the peer, @ngrok/webernetes: how long a reader waits until all replicas are Ready. Its clock is the wall's, so
// its latencies are waited for; ours are skipped. Bundled and started by run.ts; prints one figure as JSON for each size.
import { BaseImage, Cluster } from '@ngrok/webernetes';

class Web extends BaseImage {
  static imageName = 'web';
  static imageVersion = '1';
  defaultCommand = ['serve'];
  exec(ctx) {
    return ctx.waitUntilKilled();
  }
}

async function readyMs(replicas) {
  const start = performance.now();
  const cluster = new Cluster();
  cluster.registerImage(Web);
  await cluster.init();
  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1' }] } };
  const spec = { replicas, selector: { matchLabels: labels }, template };
  await cluster.apply([{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec }]);
  await new Promise((resolve) => {
    cluster.informer('deployments', (_, { status }) => status?.readyReplicas === replicas && resolve());
  });
  const ms = performance.now() - start;
  await cluster.close();
  return ms;
}

for (const replicas of [3, 50, 500])
  console.log(JSON.stringify({ what: `peer: ${replicas} replicas Ready`, ms: await readyMs(replicas), budgetMs: null }));
process.exit(0);
