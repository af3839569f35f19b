/// What the pager is told by keys.
package enum PagerKey: Hashable, Sendable {
    /// `q`: leave.
    case quit
    /// `j`: a line down.
    case lineDown
    /// `k`: a line up.
    case lineUp
    /// Space or `f`: a page down.
    case pageDown
    /// `b`: a page up.
    case pageUp
    /// `d`: half a page down.
    case halfPageDown
    /// `g`: the first line.
    case start
    /// `G`: the last line.
    case end
    /// `n`: the next line that was searched for.
    case nextMatch
    /// `N`: the one before.
    case previousMatch
    /// `/TEXT` and Enter: search downwards, literally.
    case searchDown(String)
    /// `?TEXT` and Enter: search upwards, literally.
    case searchUp(String)
    /// `120G`: the line of that number, from 1; 0 is the first too.
    case line(Int)

    /// The keys, in words.
    package static let help =
        "q quits, j k space f b d move, g G 120G go to a line, /TEXT ?TEXT search, n N repeat"

    /// The keys that mean something at once.
    static let single: [(Unicode.Scalar, PagerKey)] = [
        ("q", .quit), ("j", .lineDown), ("k", .lineUp), ("g", .start), ("G", .end),
        ("n", .nextMatch), ("N", .previousMatch), ("f", .pageDown), (" ", .pageDown),
        ("b", .pageUp), ("d", .halfPageDown),
    ]

    /// Judges keys as a whole: one key, one search without its Enter, or one line's number.
    ///
    /// - Parameter keys: The characters that were typed.
    /// - Returns: What they mean, or a refusal at the key that means nothing.
    package static func judge(_ keys: String) -> Result<PagerKey, ShellRefusal> {
        var machine = PagerKeyMachine()
        var meant: PagerKey?
        for (place, scalar) in keys.unicodeScalars.enumerated() {
            guard meant == nil else {
                return .failure(ShellRefusal(at: 1 + place, .pagerKeys))
            }
            switch machine.typed(scalar) {
            case .key(let key): meant = key
            case .waiting: break
            case .refused: return .failure(ShellRefusal(at: 1 + place, .pagerKeys))
            }
        }
        if meant == nil, case .key(let key) = machine.entered() { meant = key }
        let end = 1 + keys.unicodeScalars.count
        return meant.map { .success($0) } ?? .failure(ShellRefusal(at: end, .pagerKeys))
    }
}

/// Reads the pager's keys one by one. There is none that starts a program, edits or opens a file.
package struct PagerKeyMachine: Hashable, Sendable {
    /// What a key did.
    package enum Answer: Hashable, Sendable {
        /// The pager does this.
        case key(PagerKey)
        /// More keys are due; `prompt` shows those that came.
        case waiting
        /// The key means nothing, and what was begun is dropped.
        case refused
    }

    private enum State: Hashable {
        case idle
        case number(String)
        case search(Unicode.Scalar, String)
    }

    private var state = State.idle

    /// Makes a machine that waits for a first key.
    package init() {}

    /// What was typed of a search or a number, for the bottom line.
    package var prompt: String {
        switch state {
        case .idle: ""
        case .number(let digits): digits
        case .search(let direction, let text): "\(direction)\(text)"
        }
    }

    /// A character was typed.
    package mutating func typed(_ scalar: Unicode.Scalar) -> Answer {
        switch state {
        case .idle:
            return first(scalar)
        case .number(let digits):
            if "0"..."9" ~= scalar, digits.utf8.count < 7 {
                state = .number(digits + String(scalar))
                return .waiting
            }
            state = .idle
            guard scalar == "G", let line = Int(digits) else { return .refused }
            return .key(.line(line))
        case .search(let direction, let text):
            guard " "..."~" ~= scalar, text.utf8.count < 80 else {
                state = .idle
                return .refused
            }
            state = .search(direction, text + String(scalar))
            return .waiting
        }
    }

    /// Enter was typed, which ends a search.
    package mutating func entered() -> Answer {
        defer { state = .idle }
        guard case .search(let direction, let text) = state, !text.isEmpty else { return .refused }
        return .key(direction == "/" ? .searchDown(text) : .searchUp(text))
    }

    /// The last character of a search or a number is taken back.
    package mutating func erased() {
        switch state {
        case .idle: break
        case .number(let digits):
            state = digits.utf8.count > 1 ? .number(String(digits.dropLast())) : .idle
        case .search(let direction, let text):
            state = text.isEmpty ? .idle : .search(direction, String(text.dropLast()))
        }
    }

    /// What was begun is dropped (Escape, Ctrl-C).
    package mutating func cancelled() {
        state = .idle
    }

    private mutating func first(_ scalar: Unicode.Scalar) -> Answer {
        switch scalar {
        case "/", "?": state = .search(scalar, "")
        case "0"..."9": state = .number(String(scalar))
        default:
            let key = PagerKey.single.first { $0.0 == scalar }?.1
            return key.map { .key($0) } ?? .refused
        }
        return .waiting
    }
}
