/** Whether the long matrices run: `npm run test:full`. */
export const full = process.env['HEDDLE_TEST_FULL'] === '1';
