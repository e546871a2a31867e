using Akka.Actor;
using Akka.Remote;
using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <content>Sends through a leader, and notices when it is not one any more.</content>
internal sealed partial class RaftClientActor
{
    private const int PartialBatchesMax = 2;

    private readonly List<OutgoingBatch> _outstanding = [];

    // Every try that was not answered, also the older ones of a batch: their answers still count.
    private readonly Dictionary<long, OutgoingBatch> _tries = [];
    private readonly List<Command> _commandBuffer = [];
    private long _lastTry;
    private OpenSession? _session;
    private Registration? _registration;
    private bool _isFlushQueued;

    // Of a query, in the latest answer.
    private int _resultBytes;

    private void Serve(Connection connection)
    {
        Become(message => Serving(connection, message));
        _log.Serves(connection.Server, _map.LeaderTerm);

        var now = Now;
        connection.Since = connection.LastSent = connection.LastRenewed = now;
        ReadFromLeader(connection, now);
        if (_registration is { } registration) SendRegistration(connection, registration, now);
        foreach (var batch in _outstanding.ToArray()) SendAgain(connection, batch, now);
        OnFlush(connection);
        WakeBy(connection.LastRenewed + _settings.KeepAliveInterval);
    }

    // What queues until the actor comes to this message goes out together.
    private void QueueFlush()
    {
        if (_isFlushQueued) return;

        _isFlushQueued = true;
        Self.Tell(Flush.Instance);
    }

    private void OnFlush()
    {
        _isFlushQueued = false;
        FlushReads(Now);
    }

    private void OnFlush(Connection connection)
    {
        _isFlushQueued = false;
        var now = Now;
        if (_session is { } session) SendWaiting(connection, _commands, ClientCallKind.Command, session, now);
        else if (_commands.Count > 0 && _registration is null) Register(connection, now);
        if (!ReadsFromAny) SendWaiting(connection, _queries, ClientCallKind.Query, null, now);
        FlushReads(now);
    }

    private void SendWaiting(
        Connection connection, Queue<ClientCall> waiting, ClientCallKind kind, OpenSession? session,
        TimeSpan now)
    {
        var most = BatchesMax(connection);
        var count = _outstanding.Count(batch => batch.Kind == kind);
        for (; waiting.Count > 0 && count < most; count++)
        {
            if (count >= PartialBatchesMax && !FillsBatch(connection, waiting, kind)) return;   // With the next answer.
            if (NextBatch(connection, waiting, kind, session) is not { } batch) return;

            _outstanding.Add(batch);
            Send(connection, batch, now);
        }
    }

    // A batch costs all servers as much as a hundred of its commands. So one that is not full waits for the answer to one
    // that is on its way, where there are two: one that the servers work on, and one that is there when they are done.
    private bool FillsBatch(Connection connection, Queue<ClientCall> waiting, ClientCallKind kind)
    {
        var bytesMax = BatchBytesMax(connection);
        if (waiting.Count >= CallsMax(kind, bytesMax)) return true;

        var left = bytesMax - CommandBatch.HeaderBytes;
        foreach (var call in waiting)
        {
            left -= CommandBatch.CommandHeaderBytes + call.Body.Length;
            if (left <= 0) return true;
        }

        return false;
    }

    private int BatchBytesMax(Connection connection) => Math.Min(_settings.BatchBytesMax, connection.BatchBytesMax);

    // Half of what the server takes for commands, half for queries, one for a registration.
    private int BatchesMax(Connection connection) =>
        Math.Clamp((connection.BatchesInFlightMax - 1) / 2, 1, _settings.BatchesInFlightMax);

    private OutgoingBatch? NextBatch(
        Connection connection, Queue<ClientCall> waiting, ClientCallKind kind, OpenSession? session,
        ReadConsistency consistency = ReadConsistency.Linearizable)
    {
        var batch = new OutgoingBatch(kind, session) { Consistency = consistency };
        var bytesMax = BatchBytesMax(connection);
        var callsMax = CallsMax(kind, bytesMax);
        var bytes = CommandBatch.HeaderBytes;
        while (session is not { HasRoom: false } && batch.Calls.Count < callsMax && waiting.TryPeek(out var call))
        {
            var callBytes = CommandBatch.CommandHeaderBytes + call.Body.Length;
            if (call.IsOpen && batch.Calls.Count > 0 && bytes + callBytes > bytesMax) break;

            waiting.Dequeue();
            if (!call.IsOpen) continue;   // Its time was up while it waited.
            if (CommandBatch.HeaderBytes + callBytes > connection.BatchBytesMax)
            {
                RefuseTooLarge(connection, call);
                continue;
            }

            if (!call.TryBeginSending())
            {
                Close(call);   // Canceled while it waited.
                continue;
            }

            call.Batch = batch;
            call.Sequence = session?.TakeNumber() ?? batch.Calls.Count + 1;
            batch.Calls.Add(call);
            bytes += callBytes;
        }

        if (batch.Calls.Count == 0) return null;

        batch.OpenCalls = batch.Calls.Count;
        Encode(batch);
        return batch;
    }

    // So many queries as will make an answer of about a batch's size, if they bring as much as the last ones did. What is
    // much larger than that, .NET keeps among its large objects, on both sides, and collects with everything else there is.
    private int CallsMax(ClientCallKind kind, int bytesMax) => kind == ClientCallKind.Query
        ? Math.Max(1, bytesMax / (_resultBytes + CommandBatch.CommandHeaderBytes))
        : int.MaxValue;

    private void NoteSize(IReadOnlyList<CommandResult> results)
    {
        if (results.Count == 0) return;

        var bytes = 0L;
        foreach (var result in results) bytes += result.Result.Length;
        _resultBytes = (int)(bytes / results.Count);
    }

    private void Encode(OutgoingBatch batch)
    {
        _commandBuffer.Clear();
        foreach (var call in batch.Calls)
            _commandBuffer.Add(new Command(new SequenceNumber(call.Sequence), call.Body));

        batch.Payload = CommandBatch.Encode(
            batch.Session?.Id ?? SessionId.None, batch.Session?.Acknowledged ?? default, _commandBuffer);
        _commandBuffer.Clear();
    }

    private void Send(Connection connection, OutgoingBatch batch, TimeSpan now)
    {
        var number = ++_lastTry;
        _tries.Add(number, batch);
        batch.Sent(number, now);
        Tell(connection, batch.Kind == ClientCallKind.Command
            ? new SendCommands(number, batch.Payload)
            : new SendQueries(number, batch.Payload, batch.Consistency), now);
    }

    // The same bytes as before, unless a call was given up since: that one must not be sent again.
    private void SendAgain(Connection connection, OutgoingBatch batch, TimeSpan now)
    {
        foreach (var call in batch.Calls)
        {
            if (call.IsOpen && call.HasEnded) GiveUp(batch, call);   // Canceled by its caller.
        }

        if (batch.OpenCalls == 0)
        {
            Forget(batch);
            return;
        }

        if (batch.Calls.RemoveAll(call => !call.IsOpen) > 0 || batch.Payload.IsEmpty) Encode(batch);
        Send(connection, batch, now);
    }

    private void Register(Connection connection, TimeSpan now)
    {
        _registration = new Registration(_drawToken(), _lastTry + 1);

        // Sessions that expire as soon as they are registered would otherwise be registered in a tight loop.
        if (_expiriesInARow > 1) _registration.RetryAt(now + Backoff(_expiriesInARow));
        else SendRegistration(connection, _registration, now);
    }

    private void SendRegistration(Connection connection, Registration registration, TimeSpan now)
    {
        registration.Sent(++_lastTry, now);
        Tell(connection, new RegisterSession(_lastTry, registration.Token), now);
    }

    private void Tell(Connection connection, IClientRequest request, TimeSpan now)
    {
        connection.LastSent = now;
        if (request is SendCommands) connection.LastRenewed = now;
        connection.Session.Tell(request, Self);
    }

    private void OnKeepAliveReply(Connection connection, KeepAliveReply reply)
    {
        if (Sender.Equals(connection.Session)) connection.AskedForLife = null;
        HearReader();
        OnView(connection, reply.View);
    }

    private void OnConnected(Connection connection, ClientConnected connected)
    {
        // A server that was asked during the search and answers late. Of this very server it is a repeated
        // answer.
        if (connected.Server != connection.Server)
        {
            _sessionActors[connected.Server] = Sender;
            if (ReadsFromAny) AddReader(new Connection(Sender, connected), Now);
        }

        OnView(connection, connected.View);
    }

    private void OnView(Connection connection, ClusterView view)
    {
        _map.Learn(view, WhoIs(Sender));
        if (_map.Leader is { } leader && leader != connection.Server)
            Seek(connection, $"{leader} leads in term {_map.LeaderTerm}");
    }

    // The server has given its place to another client. Of others it is an answer that comes too late.
    private void OnRefused(Connection connection, ClientRefused refused)
    {
        if (Sender.Equals(connection.Session)) Seek(connection, refused.Reason);
    }

    private void OnBatchRefused(Connection connection, BatchRefused refused)
    {
        TakeRefusal(refused);
        var doesNotLead = refused.Reason is RefusalReason.NotLeader or RefusalReason.LeadershipLost;
        if (doesNotLead && Sender.Equals(connection.Session))
        {
            _map.Learn(refused.View, connection.Server);
            Seek(connection, "it does not lead");
        }
        else
        {
            OnView(connection, refused.View);
        }
    }

    private void OnDisassociated(Connection connection, DisassociatedEvent lost)
    {
        DropReadersAt(lost);
        if (IsAt(connection, lost)) Seek(connection, "its connection broke");
    }
}
