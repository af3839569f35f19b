import Engine
import EngineAPI
import JSON
import Wire

/// What the engine says of an exec.
enum ExecLook {
    /// It has not been started.
    case idle
    /// Its first process runs, or has ended.
    case started(ExecFamily)
    /// The engine does not know it.
    case gone
    /// The engine was not to be asked.
    case unknown

    /// Asks the engine.
    ///
    /// - Parameters:
    ///   - exec: The exec's id.
    ///   - version: The version to speak.
    ///   - pool: Whose connections are used.
    ///   - then: Called once, on the pool's loop.
    static func at(
        _ exec: String, _ version: APIVersion, _ pool: EnginePool,
        _ then: @escaping (ExecLook) -> Void
    ) {
        EngineCall.make(pool, .get, "/v\(version)/exec/\(exec)/json") { result in
            guard case .success(let answer) = result else { return then(.unknown) }
            if answer.head.status == 404 { return then(.gone) }
            guard answer.head.status == 200 else { return then(.unknown) }
            do {
                then(Self(try JSONReader.answer(answer.body)))
            } catch {
                then(.unknown)
            }
        }
    }

    private init(_ value: JSONValue) {
        guard let container = value["ContainerID"]?.string, !container.isEmpty else {
            self = .unknown
            return
        }
        let isRunning = value["Running"]?.bool == true
        // One that has not started yet has no exit code.
        guard isRunning || value["ExitCode"]?.int64 != nil else {
            self = .idle
            return
        }
        // One that could not be started has no process.
        guard let number = value["Pid"]?.int64, number > 0 else {
            self = isRunning ? .unknown : .gone
            return
        }
        self = .started(
            ExecFamily(container: container, number: Int(number), hasEnded: !isRunning))
    }
}
