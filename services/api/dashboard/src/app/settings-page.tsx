import { SettingsForm } from '@/features/settings/settings-form';

export function SettingsPage() {
  return (
    <div className="h-full overflow-y-auto bg-sunken">
      <div className="mx-auto max-w-3xl px-4 py-6 md:px-6">
        <header className="mb-4">
          <h1 className="text-lg font-semibold tracking-tight">Settings</h1>
          <p className="text-sm text-ink-2">What holds for all numbers. Each change is entered in the audit.</p>
        </header>
        <SettingsForm />
      </div>
    </div>
  );
}
