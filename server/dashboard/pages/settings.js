// Settings: each with what it accepts, effective from the next decision on, with the history of changes.
import { get, put, remove } from '../api.js';
import { badge, card, element, empty, table } from '../element.js';
import { instant } from '../format.js';

const shown = (value) =>
  value === null ? 'none' : typeof value === 'string' ? value : JSON.stringify(value);

/** What was typed, as JSON where it is JSON, else as text. */
const typed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const choicesOf = (setting) => {
  if (setting.accepted === 'true or false') return ['true', 'false'];
  const list = /^one of (.+)$/.exec(setting.accepted);
  return list ? list[1].split(', ') : null;
};

/** Characters that fit into a field of one line. */
const LONG_VALUE = 28;

const inputOf = (setting) => {
  const choices = choicesOf(setting);
  const value = typeof setting.value === 'string' ? setting.value : JSON.stringify(setting.value);
  const label = { 'aria-label': setting.key };
  if (!choices && value.length > LONG_VALUE) return element('textarea', { ...label, rows: 3 }, value);
  if (!choices) return element('input', { ...label, value });
  return element(
    'select',
    label,
    ...choices.map((one) => element('option', { value: one, selected: one === value }, one)),
  );
};

/** `changed` is told of every change, once the row shows it; `why` is the field of its reason. */
const settingRow = (setting, { changed, why }) => {
  const input = inputOf(setting);
  const note = element(
    'span',
    { class: 'soft', role: 'status' },
    `${setting.doc}. Accepted: ${setting.accepted}`,
  );
  /** Takes the place of this row alone: what is typed in the others stays. `work` answers with all settings. */
  const change = (work) => async (event) => {
    event.preventDefault();
    try {
      const { settings } = await work();
      const now = settings.find(({ key }) => key === setting.key);
      // One that was narrowed to a class or a world is listed only while it differs.
      const renewed = now ? settingRow(now, { changed, why }) : null;
      row.replaceWith(...[renewed].filter(Boolean));
      renewed?.lastChild.focus();
      why.value = '';
      await changed();
    } catch (error) {
      note.textContent = error.message;
    }
  };
  const reason = () => why.value.trim();
  const submit = change(() =>
    put('/api/v1/settings', {
      ...{ key: setting.key, value: typed(input.value) },
      ...(reason() && { reason: reason() }),
    }),
  );
  const reset = change(async () => {
    const query = reason() && `?reason=${encodeURIComponent(reason())}`;
    await remove(`/api/v1/settings/${encodeURIComponent(setting.key)}${query}`);
    return get('/api/v1/settings');
  });
  const row = element(
    'form',
    { class: 'row setting', onsubmit: submit },
    element(
      'label',
      { class: 'wide' },
      element(
        'span',
        {},
        setting.key.replaceAll('_', ' '),
        ' ',
        !setting.isDefault && badge('changed', 'warn'),
      ),
      input,
      note,
    ),
    !setting.isDefault &&
      element(
        'button',
        { class: 'quiet', type: 'button', 'aria-label': `Reset ${setting.key}`, onclick: reset },
        'Default',
      ),
    element('button', { class: 'quiet', 'aria-label': `Save ${setting.key}` }, 'Save'),
  );
  return row;
};

const TITLES = {
  orchestrator: 'Model desk',
  desk: 'Desk',
  decision: 'Decisions',
  track: 'Track record',
  alerts: 'Alerts',
};

const changeColumns = [
  ['Setting', (row) => row.key.replaceAll('_', ' ')],
  ['From', (row) => (row.oldValue === null ? 'default' : shown(row.oldValue))],
  ['To', (row) => (row.newValue === null ? 'default' : shown(row.newValue))],
  ['Reason', (row) => row.reason],
  ['When', (row) => instant(row.changedAt)],
];

const changeList = async () => {
  const { changes } = await get('/api/v1/settings/history?limit=30');
  if (changes.length === 0) return empty('Nothing has been changed: every setting has its default.');
  return table(changeColumns, changes);
};

export const page = async () => {
  const [{ settings }, changes] = await Promise.all([get('/api/v1/settings'), changeList()]);
  const list = element('div', {}, changes);
  const changed = async () => list.replaceChildren(await changeList());
  const why = element('input', { maxlength: 500, placeholder: 'optional' });
  return [
    element('h1', {}, 'Settings'),
    element('p', { class: 'lead' }, 'Effective from the next decision on, kept over restarts.'),
    element('label', { class: 'wide' }, 'Reason of the next change', why),
    ...[...new Set(settings.map((one) => one.category))].map((category) =>
      card(
        TITLES[category] ?? category,
        element(
          'div',
          { class: 'settings' },
          ...settings
            .filter((one) => one.category === category)
            .map((one) => settingRow(one, { changed, why })),
        ),
      ),
    ),
    card('Changes', list),
  ];
};
