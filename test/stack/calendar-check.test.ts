import { checkCalendars } from '../../stack/calendar-check';

describe('the doctor on calendars', () => {
  it('says how far they reach while the end is far', () => {
    expect(checkCalendars('2026-11-20T12:00:00.000Z')).toEqual({
      ...{ name: 'calendars', ok: true, detail: 'reach 2027-12-31', fix: null },
    });
  });

  it('warns within a quarter of the end, and says what to do', () => {
    const near = checkCalendars('2027-11-20T12:00:00.000Z');
    expect(near).toMatchObject({ ok: true, fix: expect.stringContaining('generate-calendars.py') });
    expect(near.detail).toMatch(/XETR ends on 2027-12-31, in 41 days.*and 4 more/);
  });

  it('is not well once they have ended', () => {
    expect(checkCalendars('2028-01-03T12:00:00.000Z')).toMatchObject({ ok: false });
  });
});
