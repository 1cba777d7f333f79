import { useEffect, useState } from 'react';
import { Card } from '../../components/card.tsx';
import { Fact, Facts } from '../../components/data-table.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Screen } from '../../components/screen.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useSettingsSearch } from '../../state/settings-search.ts';
import { useAppInfo, useSettings } from '../../wire/queries.ts';
import { groupSettings } from './setting-groups.ts';
import { SettingRow } from './setting-row.tsx';

/** Every setting, made from the schema; simple values are edited here. */
export function SettingsView() {
  const settings = useSettings();
  const [search, setSearch] = useState(() => useSettingsSearch.getState().wanted);
  useEffect(() => useSettingsSearch.setState({ wanted: '' }), []);
  return (
    <Screen
      title="Settings"
      summary={
        <TextField
          label="Search settings"
          hideLabel
          type="search"
          placeholder="Search settings"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          className="w-60"
        />
      }
    >
      <Loaded query={settings} waiting="Reading the settings">
        {(entries) => {
          const groups = groupSettings(entries, search);
          if (groups.length === 0) return <p className="text-muted">No setting has these words.</p>;
          return groups.map((group) => (
            <Card key={group.title} title={group.title} className="max-w-240 shrink-0">
              <div className="divide-y divide-line">
                {group.entries.map((entry) => (
                  <SettingRow key={entry.key} entry={entry} />
                ))}
              </div>
            </Card>
          ));
        }}
      </Loaded>
      {search === '' && <About />}
    </Screen>
  );
}

function About() {
  const info = useAppInfo();
  return (
    <Card title="About" className="max-w-240 shrink-0">
      <Loaded query={info} waiting="Reading">
        {(app) => (
          <Facts>
            <Fact name="Flowdeck">{app.version}</Fact>
            <Fact name="System">
              {app.platform}, Node {app.node}
            </Fact>
            <Fact name="Data folder">{app.dataDir}</Fact>
            <Fact name="Secrets">
              {app.secretsInFile
                ? 'In an encrypted file in the data folder, because this system has no keychain.'
                : 'In the keychain of this system.'}
            </Fact>
          </Facts>
        )}
      </Loaded>
    </Card>
  );
}
