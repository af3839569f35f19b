import EngineAPI
package import JSON
package import NIOCore
package import Wire

/// An engine's answer to a call of the gateway's own.
package struct EngineAnswer: Sendable {
    /// The head.
    package let head: ResponseHead
    /// The whole body.
    package let body: [UInt8]

    /// The body as JSON; nil when it is none.
    package var json: JSONValue? {
        do {
            return try JSONReader.answer(body)
        } catch {
            return nil
        }
    }
}

/// One call of the gateway's own: a request without a stream, an answer that fits into memory.
package final class EngineCall: EngineConnectionUser {
    private let pool: EnginePool
    private let method: Method
    private let request: [UInt8]
    private let limit: Int
    private var completion: ((Result<EngineAnswer, EngineFailure>) -> Void)?
    private var connection: EngineConnection?
    private var reader = MessageReader()
    private var head: ResponseHead?
    private var body: [UInt8] = []
    /// Also what keeps the call alive while it waits for the engine.
    private var deadline: Scheduled<Void>?
    /// True once the engine may have got something of it.
    private var wasSent = false
    /// What the watch knows the call by.
    private var token: UInt64?

    private init(
        _ pool: EnginePool, _ method: Method, _ request: [UInt8], limit: Int,
        _ completion: @escaping (Result<EngineAnswer, EngineFailure>) -> Void
    ) {
        self.pool = pool
        self.method = method
        self.request = request
        self.limit = limit
        self.completion = completion
    }

    /// Makes a call.
    ///
    /// - Parameters:
    ///   - pool: Whose connections are used, on whose loop everything happens.
    ///   - method: The method.
    ///   - target: The target, with a version.
    ///   - json: The body.
    ///   - fields: Further header fields.
    ///   - limit: The most bytes of an answer.
    ///   - timeout: How long the answer may take.
    ///   - completion: Called once, on the loop.
    package static func make(
        _ pool: EnginePool, _ method: Method, _ target: String, json: [UInt8]? = nil,
        fields: [(FieldName, String)] = [], limit: Int = 8 << 20,
        timeout: TimeAmount = .seconds(20),
        _ completion: @escaping (Result<EngineAnswer, EngineFailure>) -> Void
    ) {
        var writer = HeadWriter(method, target)
        writer.field(.host, "docker")
        writer.field(.userAgent, "Quaymaster")
        for (name, value) in fields { writer.field(name, value) }
        if json != nil { writer.field(.contentType, "application/json") }
        if let json {
            writer.framing(.length(json.count))
        } else if method == .post {
            writer.framing(.none)
        }
        let call = EngineCall(pool, method, writer.end() + (json ?? []), limit: limit, completion)
        if method != .get, method != .head {
            call.token = pool.watch?.begin(method.rawValue, target, json, entry: "")
        }
        call.start(timeout)
    }

    private func start(_ timeout: TimeAmount) {
        let bound = NIOLoopBound(self, eventLoop: pool.eventLoop)
        deadline = pool.eventLoop.scheduleTask(in: timeout) {
            bound.value.fail("did not answer in time")
        }
        pool.lease(fresh: false) { result in
            switch result {
            case .failure(let failure): self.finish(.failure(failure), reusable: false)
            case .success(let connection): self.send(over: connection)
            }
        }
    }

    private func send(over connection: EngineConnection) {
        guard completion != nil else { return pool.giveBack(connection) }
        self.connection = connection
        connection.user = self
        wasSent = true
        connection.write(ByteBuffer(bytes: request))
        connection.flush()
        connection.read()
    }

    // MARK: EngineConnectionUser

    /// Bytes of the answer.
    package func engineDidSend(_ bytes: ByteBuffer) {
        reader.add(bytes)
        advance()
    }

    /// Asks for more while the answer is not whole.
    package func engineDidPause() {
        connection?.read()
    }

    /// The engine has ended its side.
    package func engineDidEnd() {
        engineDidClose()
    }

    /// Nothing: the request is small.
    package func engineWritabilityChanged() {}

    /// The engine has gone; an answer that ends by closing is whole now.
    package func engineDidClose() {
        do {
            if let head {
                try reader.inputEnded()
                return finish(
                    .success(EngineAnswer(head: head, body: body)), reusable: false)
            }
        } catch {
            return fail("broke off its answer")
        }
        // An unused connection may have been closed by an engine that restarted.
        if let connection, connection.uses > 0, head == nil, completion != nil {
            connection.close()
            self.connection = nil
            reader = MessageReader()
            return pool.lease(fresh: true) { result in
                switch result {
                case .failure(let failure): self.finish(.failure(failure), reusable: false)
                case .success(let connection): self.send(over: connection)
                }
            }
        }
        fail("closed the connection before it answered")
    }

    private func advance() {
        do {
            while head == nil {
                guard let next = try reader.responseHead(to: method) else { return }
                if next.status >= 200 { head = next }
            }
            guard try reader.collectBody(into: &body, limit: limit) else {
                return fail("answered too much")
            }
        } catch {
            return fail("answered what is no HTTP")
        }
        guard let head, reader.isBodyRead else { return }
        finish(
            .success(EngineAnswer(head: head, body: body)),
            reusable: head.persistent && reader.unread == 0)
    }

    private func fail(_ what: String) {
        finish(
            .failure(EngineFailure("the engine at \(pool.door) \(what)", status: 502)),
            reusable: false)
    }

    private func finish(_ result: Result<EngineAnswer, EngineFailure>, reusable: Bool) {
        guard let completion else { return }
        self.completion = nil
        deadline?.cancel()
        if let token {
            switch result {
            case .success(let answer): pool.watch?.end(token, .answered(answer.head.status))
            case .failure: pool.watch?.end(token, wasSent ? .left : .unsent)
            }
        }
        if let connection {
            if reusable { pool.giveBack(connection) } else { connection.close() }
        }
        connection = nil
        completion(result)
    }
}
