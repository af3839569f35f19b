import ArgumentParser
import Foundation
import Gateway
import JSON
import PolicyFile
import Store

/// `quaymaster tenant`
struct TenantCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant",
        abstract: "Says whose the engine's objects are, gives them to tenants and takes them back.",
        subcommands: [List.self, Adopt.self, Release.self])

    /// `quaymaster tenant list`
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the objects of tenants; what is not there is the administrators'.")

        @Argument(help: "Only this tenant's.")
        var tenant: String?

        @Flag(help: "How many of each kind tenants have, and how many they may.")
        var usage = false

        @OptionGroup var config: ConfigOption
        @OptionGroup var output: FormatOption

        func run() throws {
            let file = try ConfigurationFile(directory: config.directory)
            let state = file.state
            var command = JSONObject([("command", .string("owned"))])
            if let tenant { command["tenant"] = .string(tenant) }
            let answer = try ControlClient.send(command, state: state)
            let objects =
                try answer.map { ($0["objects"]?.array ?? []).compactMap(\.object) }
                ?? offline(state)
            if usage { return try TenantUsage.show(objects, of: tenant, file, output.format) }
            if output.format == .json {
                for object in objects { print(JSONWriter.text(.object(object))) }
                return
            }
            Output.table(
                ["TENANT", "OBJECT", "NAME", "HOW", "BY"],
                objects.map { object in
                    func text(_ name: String) -> String { object[name]?.string ?? "" }
                    // Ids of 64 digits are told apart by twelve; names are whole.
                    let id = text("kind") == "volume" ? text("id") : String(text("id").prefix(12))
                    return [
                        text("tenant"), text("kind") + "/" + id, text("name"), text("origin"),
                        text("identity"),
                    ]
                })
        }

        private func offline(_ state: URL) throws -> [JSONObject] {
            let lock = try StateDirectory.lock(state)
            defer { lock.closeFile() }
            let store = try Store(directory: state)
            let objects = store.objects.list(of: tenant).map(\.members)
            try store.close()
            return objects
        }
    }

    /// `quaymaster tenant adopt`
    struct Adopt: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives objects of the engine to a tenant.",
            discussion: """
                Objects are named KIND/NAME or KIND/ID: container, network, volume, service, secret \
                or config. A container brings the volumes that came with it. All are given or none.

                --labelled gives what carries the label quaymaster.tenant=NAME and is nobody's: what \
                a version before the store has made. Whoever reached the engine's socket could set \
                that label too: look at --dry-run first.
                """)

        @Argument(help: "The tenant.")
        var tenant: String

        @Argument(help: ArgumentHelp("What to give.", valueName: "kind/name"))
        var objects: [String] = []

        @Flag(help: "Everything whose label names the tenant and that is nobody's.")
        var labelled = false

        @Flag(help: "Only says what would be given.")
        var dryRun = false

        @OptionGroup var config: ConfigOption
        @OptionGroup var output: FormatOption

        func run() throws {
            guard labelled || !objects.isEmpty else {
                throw CommandError(
                    "what is to be given?", hint: "for example container/web, or --labelled",
                    code: 2)
            }
            try OwnerChange(
                command: "adopt", tenant: tenant, objects: objects, labelled: labelled,
                dryRun: dryRun
            ).run(config, output)
        }
    }

    /// `quaymaster tenant release`
    struct Release: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes objects of a tenant the administrators'.",
            discussion: """
                Objects are named KIND/NAME or KIND/ID. All are taken or none; what reaches into \
                them ends.
                """)

        @Argument(help: "The tenant.")
        var tenant: String

        @Argument(help: ArgumentHelp("What to take.", valueName: "kind/name"))
        var objects: [String]

        @Flag(help: "Only says what would be taken.")
        var dryRun = false

        @OptionGroup var config: ConfigOption
        @OptionGroup var output: FormatOption

        func run() throws {
            try OwnerChange(
                command: "release", tenant: tenant, objects: objects, labelled: false,
                dryRun: dryRun
            ).run(config, output)
        }
    }
}

/// A change of owners, which the running gateway makes: it knows the engine.
private struct OwnerChange {
    let command: String
    let tenant: String
    let objects: [String]
    let labelled: Bool
    let dryRun: Bool

    func run(_ config: ConfigOption, _ output: FormatOption) throws {
        let state = try ConfigurationFile(directory: config.directory).state
        let message = JSONObject([
            ("command", .string(command)), ("tenant", .string(tenant)),
            ("objects", .array(objects.map { .string($0) })), ("labelled", .bool(labelled)),
            ("dryRun", .bool(dryRun)),
        ])
        guard let answer = try ControlClient.send(message, state: state) else {
            throw CommandError(
                "no gateway runs on \(state.path)", hint: "`quaymaster serve` starts one")
        }
        let done = command == "adopt" ? "adopted" : "released"
        let changed = (answer["objects"]?.array ?? []).compactMap(\.object)
        for object in changed {
            if output.format == .json {
                var object = object
                object["tenant"] = .string(tenant)
                object["done"] = .bool(!dryRun)
                print(JSONWriter.text(.object(object)))
                continue
            }
            let words = dryRun ? "would be \(done)" : done
            let name = object["name"]?.string ?? ""
            print(
                "\(words) \(object["kind"]?.string ?? "")/\(object["id"]?.string ?? "")"
                    + (name.isEmpty || name == object["id"]?.string ? "" : " \(name)"))
        }
        if changed.isEmpty, output.format == .text { print("nothing to do") }
    }
}
