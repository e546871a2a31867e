using Akka.Remote;
using RaftAkka.Protocol;

namespace RaftAkka.Client;

/// <content>
/// Queries that any server may answer: stale ones, and all of them where the settings say so. They go on while no
/// leader is known.
/// </content>
internal sealed partial class RaftClientActor
{
    private static readonly TimeSpan GatheringInterval = TimeSpan.FromSeconds(1);

    // Who answers them: every server that has taken the client, or the leader alone while there is one.
    private readonly SortedDictionary<ServerId, Connection> _readers = [];
    private readonly List<OutgoingBatch> _reads = [];
    private Queue<ClientCall> _staleQueries = [];
    private TimeSpan _nextGathering;
    private long _readsSent;

    private bool ReadsFromAny => _settings.ReadFrom == ReadFrom.Any;

    private void AddReader(Connection reader, TimeSpan now)
    {
        if (_readers.TryGetValue(reader.Server, out var known) && known.Session.Equals(reader.Session)) return;

        reader.LastSent = now;
        _readers[reader.Server] = reader;
        QueueFlush();
    }

    private void ReadFromLeader(Connection leader, TimeSpan now)
    {
        if (!ReadsFromAny) _readers.Clear();
        _readers[leader.Server] = leader;

        // The others were mostly asked during the search, and answer yet.
        _nextGathering = now + BackoffMax;
    }

    private void ReadWithoutLeader(Connection? left, TimeSpan now)
    {
        if (left is not null) DropReader(left.Server, now);
        if (!ReadsFromAny) _readers.Clear();
    }

    private void FlushReads(TimeSpan now)
    {
        if (ReadsFromAny) SendReads(_queries, ReadConsistency.Linearizable, now);
        SendReads(_staleQueries, ReadConsistency.Stale, now);
    }

    private void SendReads(Queue<ClientCall> waiting, ReadConsistency consistency, TimeSpan now)
    {
        while (waiting.Count > 0 && NextReader(avoid: null) is { } reader)
        {
            if (NextBatch(reader, waiting, ClientCallKind.Query, null, consistency) is not { } batch) return;

            _reads.Add(batch);
            UseReader(reader, batch);
            Send(reader, batch, now);
        }
    }

    // The one with the fewest under way, in turn; so that whoever is slow gets less.
    private Connection? NextReader(ServerId? avoid)
    {
        Connection? best = null;
        (bool Avoided, int Load, long LastRead) least = (true, int.MaxValue, long.MaxValue);
        foreach (var reader in _readers.Values)
        {
            var load = _reads.Count(batch => batch.IsOnTheWay && batch.Reader == reader.Server);
            if (load >= BatchesMax(reader)) continue;

            var rank = (reader.Server == avoid, load, reader.LastRead);
            if (best is not null && rank.CompareTo(least) >= 0) continue;
            (best, least) = (reader, rank);
        }

        return best;
    }

    private void UseReader(Connection reader, OutgoingBatch batch)
    {
        batch.Reader = reader.Server;
        reader.LastRead = ++_readsSent;
    }

    private void SendReadAgain(OutgoingBatch batch, TimeSpan now)
    {
        if (NextReader(avoid: batch.Reader) is { } reader)
        {
            UseReader(reader, batch);
            SendAgain(reader, batch, now);
        }
        else
        {
            batch.RetryAt(now + BackoffMin);
        }
    }

    private void CheckReads(TimeSpan now)
    {
        foreach (var batch in _reads.ToArray())
        {
            if (!batch.IsOnTheWay || !IsOverdue(batch.Since, batch.Silences, now)) continue;

            batch.CountSilence();
            _trouble = $"{batch.Reader} did not answer in time";
            DropReader(batch.Reader!.Value, now);
        }

        foreach (var batch in _reads.ToArray())
            if (!batch.IsOnTheWay && batch.Since <= now) SendReadAgain(batch, now);

        if (ReadsFromAny) KeepReaders(now);
    }

    private void KeepReaders(TimeSpan now)
    {
        foreach (var reader in _readers.Values.ToArray())
        {
            if (reader.AskedForLife is { } asked && now - asked >= _settings.ServerTimeout)
            {
                DropReader(reader.Server, now);
            }
            else if (now - reader.LastSent >= _settings.KeepAliveInterval)
            {
                SayAlive(reader, now);
            }
        }

        if (now < _nextGathering) return;

        _nextGathering = now + GatheringInterval;
        foreach (var member in _map.Members)
            if (!_readers.ContainsKey(member.Server)) _servers.At(member.Address).Tell(_connect, Self);
    }

    private void HearReader()
    {
        foreach (var reader in _readers.Values)
            if (reader.Session.Equals(Sender)) reader.AskedForLife = null;
    }

    // What it was asked goes to another one, or to itself when it answers again.
    private void DropReader(ServerId server, TimeSpan now)
    {
        _readers.Remove(server);
        foreach (var batch in _reads)
            if (batch.IsOnTheWay && batch.Reader == server) batch.RetryAt(now);
    }

    private void DropReadersAt(DisassociatedEvent lost)
    {
        foreach (var reader in _readers.Values.ToArray())
            if (IsAt(reader, lost)) DropReader(reader.Server, Now);
    }

    private bool IsAt(Connection connection, DisassociatedEvent lost)
    {
        var remote = lost.RemoteAddress;
        return connection.Session.Path.Address == remote
            || _map.AddressOf(connection.Server) == $"{remote.Host}:{remote.Port}";
    }
}
