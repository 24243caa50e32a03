import { checkScheduleTimes, parseScheduleTime } from '../../domain/desk/schedule-times';
import { settingValue } from '../../domain/settings/setting-definitions';

describe('times of scheduled runs', () => {
  it('are read with or without the zone of their market', () => {
    const wanted = { market: 'XETR', kind: 'warming', time: '07:00' };
    expect(parseScheduleTime('XETR:warming', '07:00')).toEqual(wanted);
    expect(parseScheduleTime('xetr:warming', '07:00 Europe/Berlin')).toEqual(wanted);
  });

  it.each([
    ['NYSE:warming', '07:00', /exchange "NYSE" is unknown; accepted: XETR/],
    ['XETR:lunch', '07:00', /kind "lunch" is unknown/],
    ['XETR:warming', '07:00 Europe/Atlantis', /zone "Europe\/Atlantis" is unknown; accepted: Europe\/Berlin/],
    ['XETR:warming', '07:00 Asia/Tokyo', /zone "Asia\/Tokyo" is not that of XETR/],
    ['XETR:warming', '02:30', /hour that daylight saving skips or repeats in Europe\/Berlin/],
    ['XNYS:end_of_day', '01:00', /skips or repeats in America\/New_York/],
    ['XETR:pre_market', '07:00', /the time of pre_market is its decision instant/],
    ['XETR:warming', '7 am', /accepted: HH:MM/],
    ['XETR:warming', '08:30', /the session of the day has begun; accepted: a time before 08:30/],
    ['CRYPTO:warming', '22:00', /begin as a day closes, .* accepted: no such entry/],
    ['XNYS:end_of_day', '09:00', /before its close; accepted: a time before 09:00, .* or from 16:00 on/],
    ['XNYS:end_of_day', '15:59', /after the orders of a day and before its close/],
    ['CRYPTO:end_of_day', '23:30', /accepted: a time before 23:30, which settles the trading day before$/],
  ])('%s at %s is refused in words', (key, time, message) => {
    expect(() => parseScheduleTime(key, time)).toThrow(message);
  });

  it.each([
    ['XETR:warming', '08:29'],
    ['PREDICTION:warming', '22:00'],
    ['XNYS:end_of_day', '08:59'],
    ['XNYS:end_of_day', '16:00'],
    ['XTKS:end_of_day', '02:00'],
    ['CRYPTO:end_of_day', '23:29'],
  ])('%s may be at %s', (key, time) => {
    expect(parseScheduleTime(key, time).time).toBe(time);
  });

  it('may be in the night where clocks never change', () => {
    expect(parseScheduleTime('XTKS:warming', '02:30').time).toBe('02:30');
  });

  it('are refused by the setting that holds them', () => {
    expect(checkScheduleTimes({ 'XETR:warming': '06:45' })).toHaveLength(1);
    const stored = new Map([['schedule_times', { 'XETR:warming': '02:30' }]]);
    expect(() => settingValue(stored, 'schedule_times')).toThrow(/outside 01:00 to 03:59/);
  });
});
