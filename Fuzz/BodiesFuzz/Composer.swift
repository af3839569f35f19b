import EngineAPI
import JSON

/// Makes a body of a shape out of bytes: each is a choice, so what libFuzzer changes in them adds,
/// drops and replaces fields where a change in a text would only break its grammar.
struct Composer {
    private var choices: ArraySlice<UInt8>
    private var depth = 0

    /// The text of a body.
    static func text(of shape: Shape, from choices: ArraySlice<UInt8>) -> [UInt8] {
        var composer = Composer(choices: choices)
        return JSONWriter.bytes(composer.value(shape))
    }

    private init(choices: ArraySlice<UInt8>) {
        self.choices = choices
    }

    private mutating func choice(_ count: Int) -> Int {
        Int(choices.popFirst() ?? 0) % count
    }

    private mutating func value(_ shape: Shape) -> JSONValue {
        depth += 1
        defer { depth -= 1 }
        switch shape {
        case .bool: return .bool(choice(2) == 0)
        case .integer, .number: return .integer(Self.integers[choice(Self.integers.count)])
        case .string: return .string(text())
        case .choice(let words): return .string(words[choice(words.count)])
        case .strings: return .array(some { .string($0.text()) })
        case .list(let shape): return .array(some { $0.value(shape) })
        case .map(let shape):
            var object = JSONObject()
            for _ in 0..<choice(4) { object[text()] = value(shape) }
            return .object(object)
        case .object(let closed):
            var object = JSONObject()
            // The outer fields lead to the inner ones.
            for _ in 0..<choice(depth == 1 ? 8 : 5) where !closed.fields.isEmpty {
                let field = closed.fields[choice(closed.fields.count)]
                object[field.name] = field.shape.map { value($0) } ?? .string(text())
            }
            return .object(object)
        }
    }

    private mutating func some(_ element: (inout Composer) -> JSONValue) -> [JSONValue] {
        var values: [JSONValue] = []
        for _ in 0..<choice(4) where depth < 12 { values.append(element(&self)) }
        return values
    }

    /// One word, or two with something between them.
    private mutating func text() -> String {
        let number = choice(256)
        let word = Self.words[number % Self.words.count]
        guard number >= 192 else { return word }
        let separator = ["", ":", "=", "/", "\u{301}", ","][choice(6)]
        return word + separator + Self.words[choice(Self.words.count)]
    }

    private static let integers: [Int64] = [
        0, 1, -1, 2, 80, 1023, 1024, 4096, 65_535, 65_536, 1 << 30, 1 << 40, .max, .min, 0o777,
        0o4755, 1_000_000_000, 999_999_999,
    ]

    /// Words that engines give a meaning to, and pieces of such words.
    private static let words: [String] = [
        "", "web", "a", "host", "container:web", "container:", "none", "private", "shareable",
        "default", "bridge", "ingress", "/", "/data", "/var/run/docker.sock", "..", "./x", "data",
        "ro", "rw", "z", "rshared", "nocopy", "local", "nfs", "type", "o", "device", "bind",
        "volume", "tmpfs", "size=10m", "exec", "ALL", "CAP_SYS_ADMIN", "sys_admin", "CHOWN",
        "no-new-privileges", "no-new-privileges:true", "seccomp=unconfined", "label", "disable",
        "kernel.core_pattern", "net/ipv4/ip_forward", "net.core.somaxconn", "runc", "sysbox",
        "json-file", "syslog", "max-size", "-1", "10k", "always", "unless-stopped", "on-failure",
        "0", "80", "8080", "1000-70000", "80/tcp", "127.0.0.1", "0.0.0.0", "::1", "0::1",
        "169.254.169.254", "host-gateway", "localhost", "10.0.0.0/8", "10.9.0.0/16", "fd00::/64",
        "quaymaster.tenant", "Quaymaster.x", "com.docker.compose.project", "traefik.enable",
        "blue", "red", "/quaymaster/red", "bb:1", "sha256:", "https://", "http://", "@",
        "example.com",
        "registry.example.com:5000", "{{.Task.Slot}}", "{{printf", "}}", "nofile", "rtprio",
        "/proc/kcore", "/sys/firmware", "/dev/sda", "\u{212A}", "\u{17F}", "\u{301}", "\u{600}",
        "\u{1}", "\r\n", "\"", "\\", ":",
        "00000000000000000000000000000000000000000000000000000000000000ab",
    ]
}
