import { Combobox, useCombobox } from "@mantine/core";
import { useEffect, useState } from "react";
import type { Registry, Understood } from "../api/types";
import { messageOf } from "../page/actions";
import { useSession } from "../page/session";
import type { Commands } from "./use_commands";
import { WordText } from "./Word";
import { correctionOf, isFree, matching, optionsFor, OPTIONS_MAX, placeholderFor, type Piece } from "./words";

interface Props {
  piece: Piece;
  word: Understood;
  commands: Commands;
}

/** An understood word of a plan that waits: opens the registry's names of its kind, and plans anew with the one that is taken. */
export function Chooser({ piece, word, commands }: Props) {
  const { api } = useSession();
  const [typed, setTyped] = useState("");
  const [registry, setRegistry] = useState<Registry | null>(null);
  const [trouble, setTrouble] = useState("");
  const combobox = useCombobox({
    onDropdownOpen: () => {
      combobox.focusSearchInput();
      if (registry === null) {
        api.get<Registry>("/registry").then(setRegistry, (error: unknown) => setTrouble(messageOf(error)));
      }
    },
    onDropdownClose: () => {
      combobox.focusTarget();
      combobox.resetSelectedOption();
      setTyped("");
      setTrouble("");
    },
  });
  const now = word.means?.[0] ?? "";
  const found = registry === null ? [] : matching(optionsFor(word, registry), typed, isFree(word)).filter(({ value }) => value !== now);
  const { dropdownOpened, selectFirstOption } = combobox;
  const some = found.length > 0; // the names may come after the first letters
  useEffect(() => {
    if (dropdownOpened && typed !== "" && some) selectFirstOption();
  }, [dropdownOpened, selectFirstOption, typed, some]);
  const take = (value: string): void => {
    combobox.closeDropdown();
    void commands.correct(correctionOf(word, value));
  };
  return (
    <Combobox store={combobox} width={260} position="bottom-start" transitionProps={{ duration: 0 }} onOptionSubmit={take}>
      <Combobox.Target targetType="button">
        <button
          type="button"
          className="word"
          data-look={piece.look}
          aria-label={`${piece.text}: ${piece.label}. Correct it`}
          onClick={() => !commands.busy && combobox.toggleDropdown()} // not disabled: it would lose the focus
        >
          <WordText piece={piece} />
        </button>
      </Combobox.Target>
      <Combobox.Dropdown className="chooser">
        <div role="dialog" aria-label={`Correct ${piece.text}`}>
          <Combobox.Search
            value={typed}
            aria-label={`Instead of ${now}`}
            placeholder={placeholderFor(word)}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Combobox.Options className="chooser-options" aria-label="Names">
            {found.slice(0, OPTIONS_MAX).map(({ value, hint }) => (
              <Combobox.Option key={value} value={value}>
                {value} {hint !== "" && <span className="dim">{hint}</span>}
              </Combobox.Option>
            ))}
            {found.length === 0 && <Combobox.Empty>{emptyText(trouble, registry === null, typed)}</Combobox.Empty>}
          </Combobox.Options>
          {found.length > OPTIONS_MAX && <p className="chooser-more">{found.length - OPTIONS_MAX} more: type to find them</p>}
        </div>
      </Combobox.Dropdown>
    </Combobox>
  );
}

function emptyText(trouble: string, waits: boolean, typed: string): string {
  if (trouble !== "") return trouble;
  if (waits) return "Asking for the names…";
  return typed.trim() === "" ? "Type what is right." : "No such name on this site.";
}
