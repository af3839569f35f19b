import ArgumentParser
import Foundation
import Gateway
import Identity
import Ledger
import LedgerTree
import PolicyFile
import Store

/// The program's name and version, and its commands.
@main
struct Quaymaster: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quaymaster",
        abstract: "The secure administration plane for Docker.",
        discussion: """
            Quaymaster stands between people (and their machines) and a Docker Engine: every \
            request is authenticated, judged, and recorded. Engines stay stock; clients stay stock.

            Begin with:
              quaymaster init /etc/quaymaster
              quaymaster serve --config /etc/quaymaster
              quaymaster identity issue alice --config /etc/quaymaster --out alice --context
            """,
        version: Version.text,
        subcommands: [
            InitCommand.self, ServeCommand.self, IdentityCommand.self, PolicyCommand.self,
            TenantCommand.self, EnterCommand.self, SessionsCommand.self,
            WatchCommand.self, ModerateCommand.self, ApproveCommand.self, RecordingsCommand.self,
            LedgerCommand.self, FirewallCommand.self, AgentCommand.self, VersionCommand.self,
            CompletionCommand.self,
        ])

    /// Runs a command; the exit code tells how it ended.
    ///
    /// 0 done, 1 findings or refused, 2 usage, 3 incomplete or the engine could not be reached.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let code as ExitCode {
            Foundation.exit(code.rawValue)
        } catch {
            Failure.end(error)
        }
    }
}

/// How errors are shown: one line for what failed, `hint:` lines for what to do.
enum Failure {
    /// Shows an error and ends the program.
    static func end(_ error: any Error) -> Never {
        if isParserError(error) {
            let code = Quaymaster.exitCode(for: error)
            let text = Quaymaster.fullMessage(for: error)
            if code == .success {
                print(text)
                Foundation.exit(0)
            }
            Output.error(text)
            Foundation.exit(2)
        }
        let (message, hint) = words(error)
        Output.error("quaymaster: error: \(message)")
        if let hint { Output.error("quaymaster: hint: \(hint)") }
        Foundation.exit(code(error))
    }

    private static func isParserError(_ error: any Error) -> Bool {
        // What the parser throws is not ours; everything of ours is one of these.
        switch error {
        case is PolicyErrors, is IdentityError, is GatewayError, is CommandError, is StoreError,
            is LedgerError, is NoteFailure:
            false
        default: Quaymaster.exitCode(for: error) != .failure
        }
    }

    private static func words(_ error: any Error) -> (String, String?) {
        switch error {
        case let error as CommandError: (error.description, error.hint)
        case let error as IdentityError: (error.description, error.hint)
        case let error as GatewayError: (error.description, error.hint)
        case let error as StoreError: (error.description, error.hint)
        case let error as PolicyErrors: ("\n\(error)", nil)
        case let error as CocoaError: (error.localizedDescription, nil)
        default: ("\(error)", nil)
        }
    }

    private static func code(_ error: any Error) -> Int32 {
        switch error {
        case let error as CommandError: error.code
        case is PolicyErrors: 1
        default: 3
        }
    }
}

/// Why a command did not do what it was asked.
struct CommandError: Error, CustomStringConvertible {
    let description: String
    let hint: String?
    let code: Int32

    init(_ description: String, hint: String? = nil, code: Int32 = 3) {
        self.description = description
        self.hint = hint
        self.code = code
    }
}
