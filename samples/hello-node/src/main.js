'use strict';

const {createService} = require('./service.js');

const service = createService();
service.listen(Number(process.env.PORT ?? 8080), () => {
  console.log(`listening on port ${service.address().port}`);
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => service.close(() => process.exit(0)));
}
