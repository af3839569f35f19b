/// Runs one piece of judgement N times, so that its cost can be counted.
///
///     judgement-bench create N < create.json        read, decide and write anew
///     judgement-bench exchange-create N < create.json   the same through heads and `Exchange`
///     judgement-bench exchange-ping N
///     judgement-bench decide N TENANTS GRANTS < create.json   the decision alone
///     judgement-bench inspect N < inspect.json      read and write an answer
///     judgement-bench shell N                       a line of the guarded shell, accepted
///     judgement-bench shell-refused N               and one refused, with the nearest that is not
///
/// `Scripts/instructions` runs each with two values of N: the difference is what N more cost.
@main
private enum JudgementBench {
    static func main() throws {
        let words = CommandLine.arguments.dropFirst()
        let numbers = words.dropFirst().compactMap { Int($0) }
        guard let mode = words.first, let count = numbers.first else { throw Usage() }
        var checksum = 0
        switch mode {
        case "create":
            let work = try CreateWork(body())
            for _ in 0..<count { checksum &+= try work.run() }
        case "exchange-create":
            let work = try ExchangeWork(createBody: body())
            for _ in 0..<count { checksum &+= try work.run() }
        case "exchange-ping":
            let work = ExchangeWork.ping()
            for _ in 0..<count { checksum &+= try work.run() }
        case "decide":
            guard numbers.count == 3 else { throw Usage() }
            let work = try DecideWork(body(), tenants: numbers[1], grants: numbers[2])
            for _ in 0..<count { checksum &+= try work.run() }
        case "inspect":
            let work = try InspectWork(body())
            for _ in 0..<count { checksum &+= try work.run() }
        case "shell":
            for _ in 0..<count { checksum &+= try ShellWork.accepted.run() }
        case "shell-refused":
            for _ in 0..<count { checksum &+= try ShellWork.refused.run() }
        default: throw Usage()
        }
        print(checksum)
    }

    /// The JSON text on standard input, which is one line.
    private static func body() throws -> [UInt8] {
        guard let line = readLine() else { throw Usage() }
        return Array(line.utf8)
    }
}

/// Thrown for words that name no piece of work.
private struct Usage: Error, CustomStringConvertible {
    let description =
        "usage: judgement-bench create|exchange-create|exchange-ping|inspect|shell|"
        + "shell-refused N, or decide N TENANTS GRANTS; bodies come on standard input"
}

/// Thrown when judgement comes to something else than the bench was made for.
struct Unexpected: Error {
    let what: String

    init(_ what: String) {
        self.what = what
    }
}
