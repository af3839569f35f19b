package import NIOCore
import NIOPosix

/// The connections of one event loop to the engine.
///
/// A connection is lent to one exchange at a time and comes back only when the exchange ended
/// cleanly. Confined to its loop: clients and the engine's connections share it, so bytes move
/// between them without a lock or a hop.
package final class EnginePool {
    /// The loop.
    package let eventLoop: any EventLoop
    /// Where the engine listens, and how it is reached there.
    package let door: EngineDoor
    /// Who is told of the gateway's own calls.
    package let watch: (any EngineWatch)?

    private var idle: [EngineConnection] = []
    private let maximumIdle: Int

    /// Makes a pool.
    ///
    /// - Parameters:
    ///   - eventLoop: The loop that it is confined to.
    ///   - door: Where the engine listens.
    ///   - maximumIdle: How many unused connections are kept.
    ///   - watch: Who is told of the gateway's own calls.
    package init(
        eventLoop: any EventLoop, door: EngineDoor, maximumIdle: Int = 64,
        watch: (any EngineWatch)? = nil
    ) {
        self.watch = watch
        self.eventLoop = eventLoop
        self.door = door
        self.maximumIdle = maximumIdle
    }

    /// How many connections are unused.
    package var idleCount: Int { idle.count }

    /// Lends a connection.
    ///
    /// - Parameters:
    ///   - fresh: True to open a new one although others are unused.
    ///   - body: Called on the loop, at once when a connection is unused.
    package func lease(
        fresh: Bool = false,
        _ body: @escaping (Result<EngineConnection, EngineFailure>) -> Void
    ) {
        eventLoop.preconditionInEventLoop()
        while !fresh, let connection = idle.popLast() {
            guard connection.isActive else { continue }
            connection.uses += 1
            return body(.success(connection))
        }
        let body = NIOLoopBound(body, eventLoop: eventLoop)
        let handler = NIOLoopBound(EngineConnection(pool: self), eventLoop: eventLoop)
        let door = self.door
        let bootstrap = ClientBootstrap(group: eventLoop)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connectTimeout(.seconds(10))
        door.open(bootstrap, eventLoop) { channel in
            try channel.pipeline.syncOperations.addHandler(handler.value)
        }
        .whenComplete { result in
            switch result {
            case .success: body.value(.success(handler.value))
            case .failure(let error):
                body.value(
                    .failure(
                        error as? EngineFailure
                            ?? EngineFailure(
                                "the engine at \(door) is not reachable: \(error)", status: 503)))
            }
        }
    }

    /// Takes back a connection whose exchange ended cleanly.
    package func giveBack(_ connection: EngineConnection) {
        eventLoop.preconditionInEventLoop()
        connection.user = nil
        guard connection.isActive, idle.count < maximumIdle else { return connection.close() }
        idle.append(connection)
        connection.read()
    }

    /// Closes every unused connection.
    package func closeIdle() {
        let connections = idle
        idle = []
        for connection in connections { connection.close() }
    }

    func remove(_ connection: EngineConnection) {
        idle.removeAll { $0 === connection }
    }
}
