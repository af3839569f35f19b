import ArgumentParser
import Foundation
import JSON
import Wire

/// `quaymaster sessions`
struct SessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "Lists the sessions of the guarded shell that you may watch or moderate.")

    @OptionGroup var gateway: GatewayOption
    @OptionGroup var output: FormatOption

    func run() async throws {
        let request = GatewayRequest(
            endpoint: try gateway.endpoint(), method: .get, target: "/quaymaster/sessions")
        ShellList.print(
            try await request.value().array ?? [], as: output.format,
            ["STARTED", "ID", "WHO", "CONTAINER", "STATE", "WATCHED BY", "REASON"]
        ) { session in
            let watchers = session.texts("watchers")
            return [
                session.started, session.text("id"), session.who, session.text("name"),
                session.text("pausedBy").isEmpty ? "goes on" : "paused",
                watchers.isEmpty ? "-" : watchers.joined(separator: ","), session.text("reason"),
            ]
        }
    }
}

/// `quaymaster watch`
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Shows a session of the guarded shell while it goes on.",
        discussion: """
            You see what the person sees, who is told that you watch and when you leave. You cannot \
            type. Ctrl-C leaves. `quaymaster sessions` names the sessions.
            """)

    @Argument(help: "The session's id.")
    var session: String

    @OptionGroup var gateway: GatewayOption
    @OptionGroup var output: FormatOption

    func run() async throws {
        let target = "/quaymaster/sessions/" + GatewayRequest.escaped(session) + "/watch"
        let channel = try await ShellChannel(try gateway.endpoint(), target: target)
        var failure: CommandError?
        for await news in channel.news {
            switch news {
            case .refused(let status, let words):
                failure = CommandError(words, code: status >= 500 ? 3 : 1)
            case .ended(let words): if let words { failure = CommandError(words) }
            case .event(let text, let object):
                if output.format == .json {
                    print(text)
                } else if let member = object.members.first {
                    show(member.name, member.value)
                }
                fflush(nil)
            }
        }
        await channel.close()
        if let failure { throw failure }
    }

    private func show(_ name: String, _ value: JSONValue) {
        switch name {
        case "watching":
            print(
                "You watch \(value["identity"]?.string ?? "") in "
                    + "\(value["container"]?.string ?? ""), and are seen to. Ctrl-C leaves.")
        case "started": print("> " + ShellPrinting.words(value))
        case "out", "err": print(value.string ?? "", terminator: "")
        case "notice", "waiting": print("(\(value["message"]?.string ?? ""))")
        case "refused": print("refused: \(value["message"]?.string ?? "")")
        case "ended":
            let status = value["status"]?.int64 ?? 0
            if status != 0 { print("(exit \(status))") }
        case "bye": print(value.string ?? "")
        default: break
        }
    }
}

/// `quaymaster moderate`
struct ModerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "moderate",
        abstract: "Pauses, resumes or ends a session of the guarded shell.",
        discussion: """
            A paused session runs nothing, and what runs in it is ended. The person is told who did \
            it, and why. `quaymaster sessions` names the sessions.
            """)

    @Argument(help: "The session's id.")
    var session: String

    @Flag(help: "Nothing runs until it is resumed.")
    var pause = false

    @Flag(help: "Lines run again.")
    var resume = false

    @Flag(help: "The session ends.")
    var end = false

    @Option(help: "Why; the person is told, and it stands in the record.")
    var reason = ""

    @OptionGroup var gateway: GatewayOption
    @OptionGroup var output: FormatOption

    func run() async throws {
        let wanted = [("pause", pause), ("resume", resume), ("end", end)].filter(\.1).map(\.0)
        guard let what = wanted.first, wanted.count == 1 else {
            throw CommandError(
                "what is to be done?", hint: "exactly one of --pause, --resume and --end", code: 2)
        }
        let target = GatewayRequest.target(
            "/quaymaster/sessions/" + GatewayRequest.escaped(session) + "/moderate",
            ["do": what, "reason": reason])
        let request = GatewayRequest(
            endpoint: try gateway.endpoint(), method: .post, target: target)
        for moderated in try await request.value().array ?? [] {
            if output.format == .json {
                print(JSONWriter.text(moderated))
                continue
            }
            let done = ["pause": "paused", "resume": "resumed"][what] ?? "ended"
            let who = ShellPrinting.safe(moderated["identity"]?.string ?? "")
            let name = ShellPrinting.safe(moderated["name"]?.string ?? "")
            print("\(done) the session of \(who) in \(name)")
        }
    }
}

/// `quaymaster approve`
struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Lists what waits for a second person, and approves or denies it.",
        discussion: """
            Without an id it lists what you may decide about. An approval is for exactly what stands \
            there: these words, by this role and user, in this run of this container; once, for five \
            minutes. Nobody approves what they ask for themselves.
            """)

    @Argument(help: "What to approve; without it all that waits is listed.")
    var id: String?

    @Flag(help: "Denies it.")
    var deny = false

    @Option(help: "Why; whoever asks is told of a denial's, and it stands in the record.")
    var reason = ""

    @OptionGroup var gateway: GatewayOption
    @OptionGroup var output: FormatOption

    func run() async throws {
        let endpoint = try gateway.endpoint()
        guard let id else {
            guard !deny, reason.isEmpty else {
                throw CommandError(
                    "what is to be denied?", hint: "quaymaster approve ID --deny", code: 2)
            }
            let request = GatewayRequest(
                endpoint: endpoint, method: .get, target: "/quaymaster/approvals")
            return ShellList.print(
                try await request.value().array ?? [], as: output.format,
                ["ID", "WHO", "CONTAINER", "ROLE", "WHAT", "LEFT", "REASON"]
            ) { request in
                [
                    request.text("id"), request.who, request.text("name"), request.text("role"),
                    request.text("what"), "\(request.value["seconds"]?.int64 ?? 0)s",
                    request.text("reason"),
                ]
            }
        }
        let target = GatewayRequest.target(
            "/quaymaster/approvals/" + GatewayRequest.escaped(id),
            ["decision": deny ? "deny" : "approve", "reason": reason])
        let request = GatewayRequest(endpoint: endpoint, method: .post, target: target)
        for decided in try await request.value().array ?? [] {
            if output.format == .json {
                print(JSONWriter.text(decided))
                continue
            }
            func text(_ name: String) -> String { ShellPrinting.safe(decided[name]?.string ?? "") }
            print(
                "\(deny ? "denied" : "approved"): \(text("what")), of \(text("identity")) in "
                    + "\(text("name")), digest \(text("digest"))")
        }
    }
}
