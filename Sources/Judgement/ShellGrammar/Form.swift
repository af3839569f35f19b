/// One way to write a verb: what may follow its name, in typed places.
///
/// `ping`'s one form has the option `-c`, which is needed, and one argument; `ps` has four forms of
/// fixed words.
package struct Form: Hashable, Sendable {
    /// Words that stand first, exactly: a whole fixed line (`-e -o pid,user,args`) or a subcommand.
    package var words: [String]
    /// Flags without a value, a letter or digit each: `lah`. They may be joined and repeated.
    package var flags: String
    /// Options with a value.
    package var options: [ValueOption]
    /// Flags and options that must be there, by name: `-c`.
    package var needs: [String]
    /// What stands in the other places.
    package var arguments: Arguments
    /// True when no option may stand before an argument: `find PATH -name GLOB`.
    package var argumentsFirst: Bool
    /// What may be done with the lines of the output, by ourselves.
    package var filters: [FilterKind]

    /// Makes a form; `Verb` judges it.
    package init(
        words: [String] = [], flags: String = "", options: [ValueOption] = [],
        needs: [String] = [], arguments: Arguments = .none, argumentsFirst: Bool = false,
        filters: [FilterKind] = []
    ) {
        self.words = words
        self.flags = flags
        self.options = options
        self.needs = needs
        self.arguments = arguments
        self.argumentsFirst = argumentsFirst
        self.filters = filters
    }

    /// True when the whole line is fixed.
    package var isFixed: Bool {
        flags.isEmpty && options.isEmpty && arguments.most == 0
    }
}

/// An option that takes a value, which is the word behind it.
package struct ValueOption: Hashable, Sendable {
    /// Its spellings; they are one option, which may be given once. The first is its name.
    package let names: [String]
    /// What the value is.
    package let slot: Slot

    /// Makes an option of at least one spelling.
    package init(_ names: String..., slot: Slot) {
        self.init(names: names, slot: slot)
    }

    /// Makes an option of at least one spelling.
    package init(names: [String], slot: Slot) {
        self.names = names
        self.slot = slot
    }

    /// The first spelling, by which an accepted line tells it.
    package var name: String { names.first ?? "" }
}

/// The places of a form that belong to no option.
package struct Arguments: Hashable, Sendable {
    /// What stands in the first places, one each.
    package let leading: [Slot]
    /// What stands in all places behind them; nil: nothing.
    package let rest: Slot?
    /// How many there are at least.
    package let least: Int
    /// How many there are at most.
    package let most: Int

    /// Makes places.
    package init(leading: [Slot] = [], rest: Slot? = nil, least: Int, most: Int) {
        self.leading = leading
        self.rest = rest
        self.least = least
        self.most = most
    }

    /// No argument at all.
    package static let none = Arguments(least: 0, most: 0)

    /// What stands in a place, counted from 0; nil where nothing may stand.
    package func slot(at place: Int) -> Slot? {
        guard place < most else { return nil }
        return place < leading.count ? leading[place] : rest
    }
}

/// What can be done with the lines of an output, in the place of a pipe.
package enum FilterKind: String, Hashable, Sendable, CaseIterable {
    /// `match TEXT`: only the lines that hold the text.
    case match
    /// `sort`: the lines in byte order.
    case sort
    /// `count`: how many lines there are.
    case count

    /// How forms write it.
    package var usage: String {
        self == .match ? "match TEXT" : rawValue
    }
}

/// A filter as it was asked for.
package enum Filter: Hashable, Sendable {
    /// Only the lines that hold the text.
    case match(String)
    /// The lines in byte order.
    case sort
    /// How many lines there are.
    case count
}
