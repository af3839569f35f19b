import Confinement
import ShellGrammar

extension InsideTool {
    /// The tool that an accepted line asks for; nil when there is none of its name here.
    init?(_ line: AcceptedLine) {
        switch (line.verb, line.arguments.first) {
        case ("kill", nil):
            guard let number = Self.signals[line.words] else { return nil }
            self = .signal(number)
        case ("nslookup", .host(let host)): self = .lookUp(host)
        case ("ping", .host(let host)):
            guard let count = Self.number(line, "-c") else { return nil }
            self = .echo(host, count: count, seconds: Self.number(line, "-W") ?? 2)
        case ("curl", .loopbackURL(let url)):
            guard let port = UInt16(exactly: url.port) else { return nil }
            self = .fetch(
                Fetch(
                    host: url.host, port: port, target: url.target, flags: line.flags,
                    seconds: Self.number(line, "-m") ?? 10))
        default: return nil
        }
    }

    /// SIGHUP and SIGUSR1 (signal(7)).
    private static let signals: [[String]: Int32] = [["-HUP", "1"]: 1, ["-USR1", "1"]: 10]

    private static func number(_ line: AcceptedLine, _ option: String) -> Int? {
        guard case .integer(let number)? = line.option(option) else { return nil }
        return number
    }
}
