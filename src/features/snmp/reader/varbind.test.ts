import { describe, expect, test } from 'vitest';
import { nameOf, oidOf } from './objects.ts';
import { macOf, numberOf, parseVarbinds, plainValue, textOf } from './varbind.ts';

describe('what net-snmp prints', () => {
  const [octets, empty, mac, ticks, counter, oid, none, date] = parseVarbinds(`
.1.3.6.1.2.1.1.4.0 = Hex-STRING: 6D 65 40 65 78 61 6D 70 6C 65 2E 6F 72 67 
.1.3.6.1.2.1.31.1.1.1.18.2 = ""
.1.3.6.1.2.1.2.2.1.6.2 = Hex-STRING: 82 97 84 B5 85 5F 
.1.3.6.1.2.1.1.3.0 = 2696
.1.3.6.1.2.1.31.1.1.1.6.3 = Counter64: 90170
.1.3.6.1.2.1.25.2.3.1.2.1 = OID: .1.3.6.1.2.1.25.2.1.2
.1.3.6.1.2.1.99.0 = No Such Object available on this agent at this OID
.1.3.6.1.2.1.25.1.2.0 = Hex-STRING: 07 EA 0B 16 02 2B 1D 00 2B 00 00 
`);

  test('is read with its types', () => {
    expect(octets).toMatchObject({ oid: '1.3.6.1.2.1.1.4.0', type: 'octets' });
    expect(textOf(octets)).toBe('me@example.org');
    expect(empty).toMatchObject({ type: 'octets', value: '' });
    expect(macOf(mac)).toBe('82:97:84:b5:85:5f');
    expect(macOf(empty)).toBeUndefined();
    expect(ticks).toMatchObject({ type: 'timeticks', value: '2696' });
    expect(numberOf(counter)).toBe(90170);
    expect(oid).toMatchObject({ type: 'oid', value: '1.3.6.1.2.1.25.2.1.2' });
    expect(none).toMatchObject({ type: 'none' });
  });

  test('has plain values: text where octets are text', () => {
    const values = [octets, empty, ticks, none, date].map((varbind) => varbind && plainValue(varbind));
    expect(values).toEqual(['me@example.org', '', 2696, null, '0x07ea0b16022b1d002b0000']);
  });

  test('is an error when it is no value', () => {
    expect(() => parseVarbinds('Segmentation fault')).toThrow('no value');
  });
});

test('objects have names and numbers', () => {
  expect(oidOf('sysName', true)).toBe('1.3.6.1.2.1.1.5.0');
  expect(oidOf('ifTable', true)).toBe('1.3.6.1.2.1.2.2');
  expect(oidOf('ifAdminStatus.2', true)).toBe('1.3.6.1.2.1.2.2.1.7.2');
  expect(oidOf('.1.3.6.1', false)).toBe('1.3.6.1');
  expect(() => oidOf('sysNam', true)).toThrow('there is no object "sysNam"');
  expect(() => oidOf('-v2c', true)).toThrow('there is no object');
  expect(nameOf('1.3.6.1.2.1.1.5.0')).toBe('sysName.0');
  expect(nameOf('1.3.6.1.2.1.2.2.1.7.2')).toBe('ifAdminStatus.2');
  expect(nameOf('1.3.6.1.4.1')).toBeUndefined();
});
