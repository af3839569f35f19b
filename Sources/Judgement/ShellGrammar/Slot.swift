/// What kind of value stands in a place of a form. The list is closed.
package enum Slot: Hashable, Sendable {
    /// An absolute path without empty, `.` or `..` component, at or beneath one of these trees.
    case path(under: [String])
    /// Digits, in range.
    case integer(ClosedRange<Int>)
    /// Digits with or without a sign, in range without it: `+7` is "more than 7".
    case signed(ClosedRange<Int>)
    /// A lower-case DNS name (RFC 1123 §2.1) or a dotted IPv4 address.
    case host
    /// An `http` URL of the loopback interface.
    case loopbackURL
    /// A pattern of file names: letters, digits, `. _ - * ?`.
    case glob
    /// 1 to 200 visible characters of any script.
    case text
    /// A size with its unit and perhaps a sign: `+10M`.
    case size
    /// A service's name.
    case service
    /// One of these words.
    case choice([String])
}

/// A value that was read by its slot.
package enum Value: Hashable, Sendable {
    /// A path; it is still to be opened beneath the container's root and judged again there.
    case path(String)
    /// A number.
    case integer(Int)
    /// A number with the sign that was typed.
    case signed(Sign, Int)
    /// A name or an IPv4 address.
    case host(String)
    /// A loopback URL.
    case loopbackURL(LoopbackURL)
    /// A pattern of file names.
    case glob(String)
    /// Text, literal.
    case text(String)
    /// A number of units with the sign that was typed.
    case size(Sign, Int, unit: Unit)
    /// A service's name.
    case service(String)
    /// One of the slot's words.
    case choice(String)

    /// The sign in front of a number.
    package enum Sign: Hashable, Sendable {
        /// None: exactly so many.
        case none
        /// `+`: more.
        case plus
        /// `-`: less.
        case minus
    }

    /// The unit of a size, as `find -size` has it.
    package enum Unit: String, Hashable, Sendable {
        /// A byte.
        case byte = "c"
        /// 1024 bytes.
        case kibibyte = "k"
        /// 1024 kibibytes.
        case mebibyte = "M"
        /// 1024 mebibytes.
        case gibibyte = "G"
    }
}

extension Slot {
    /// The last part of the rule's id by which a value is refused: `value.host`.
    package var name: String {
        switch self {
        case .path: "path"
        case .integer: "integer"
        case .signed: "signed"
        case .host: "host"
        case .loopbackURL: "url"
        case .glob: "glob"
        case .text: "text"
        case .size: "size"
        case .service: "service"
        case .choice: "choice"
        }
    }

    /// How forms write the slot.
    package var symbol: String {
        switch self {
        case .path: "PATH"
        case .integer(let range): "\(range.lowerBound)-\(range.upperBound)"
        case .signed: "[+-]N"
        case .host: "HOST"
        case .loopbackURL: "URL"
        case .glob: "'GLOB'"
        case .text: "TEXT"
        case .size: "[+-]N(c|k|M|G)"
        case .service: "SERVICE"
        case .choice(let words): words.joined(separator: "|")
        }
    }

    /// What is accepted, in words that complete "this must be …".
    package var meaning: String {
        switch self {
        case .path(let trees): "an absolute path under \(trees.joined(separator: ", "))"
        case .integer(let range):
            "a number from \(range.lowerBound) to \(range.upperBound)"
        case .signed(let range):
            "a number from \(range.lowerBound) to \(range.upperBound), with + or - if wanted"
        case .host: "a lower-case DNS name or a dotted IPv4 address"
        case .loopbackURL: "a URL of http://localhost, http://127.0.0.1 or http://[::1]"
        case .glob: "a name pattern of letters, digits and . _ - * ?, not beginning with -"
        case .text: "1 to 200 visible characters, not beginning with -"
        case .size: "up to 6 digits and one of c k M G, with + or - if wanted"
        case .service: "a service's name of lower-case letters, digits, _ and -"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        }
    }

    /// True when any text fits: such a slot is free text to the program that gets it.
    var isFree: Bool {
        switch self {
        case .text, .glob: true
        case .path, .integer, .signed, .host, .loopbackURL, .size, .service, .choice: false
        }
    }

    /// A value that the slot takes, for examples.
    var sample: String {
        switch self {
        case .path(let trees): trees.first ?? "/"
        case .integer(let range): String(range.contains(3) ? 3 : range.lowerBound)
        case .signed(let range): "+\(range.contains(7) ? 7 : range.lowerBound)"
        case .host: "db"
        case .loopbackURL: "http://localhost/"
        case .glob: "*.log"
        case .text: "error"
        case .size: "+10M"
        case .service: "web"
        case .choice(let words): words.first ?? ""
        }
    }
}
