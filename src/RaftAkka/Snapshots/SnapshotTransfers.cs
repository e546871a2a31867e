using System.Globalization;
using Akka.Actor;
using RaftAkka.Protocol;
using RaftAkka.Server;

namespace RaftAkka.Snapshots;

/// <summary>
/// Snapshots on their way to and from other servers: a <see cref="SnapshotSender"/> for every follower that gets one,
/// and a <see cref="SnapshotReceiver"/>. Whatever fails in them is the disk's, and stops the node.
/// </summary>
internal sealed class SnapshotTransfers(SnapshotStore store, IPeers peers, SendingPace pace) : UntypedActor
{
    private readonly Dictionary<ServerId, IActorRef> _senders = [];
    private readonly Dictionary<IActorRef, IActorRef> _backups = [];   // By the client that gets it.
    private IActorRef _receiver = ActorRefs.Nobody;
    private long _sendersEver;

    /// <summary>How to start it.</summary>
    /// <param name="store">Where snapshots lie; used only after the server had it opened.</param>
    /// <param name="peers">The way to the other servers.</param>
    /// <param name="pace">How snapshots are sent.</param>
    public static Props Props(SnapshotStore store, IPeers peers, SendingPace pace) =>
        Akka.Actor.Props.Create(() => new SnapshotTransfers(store, peers, pace));

    // Nothing that a client's backup meets is thrown; so whatever is, is the node's.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);

    protected override void PreStart() => _receiver = Context.ActorOf(SnapshotReceiver.Props(store), "receiver");

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ReceiveChunk receive:           _receiver.Forward(receive);        break;
            case ChunkAcknowledged acknowledged: OnChunkAcknowledged(acknowledged); break;
            case SendSnapshot send:              OnSendSnapshot(send);              break;
            case StopSending stop:               Stop(stop.To);                     break;
            case StartBackup start:              OnStartBackup(start.Client);       break;
            case Terminated ended:               OnBackupEnded(ended.ActorRef);     break;
            default:                             Unhandled(message);                break;
        }
    }

    private void OnSendSnapshot(SendSnapshot send)
    {
        Stop(send.To);

        // The number makes the name unique while an earlier sender still stops.
        var name = string.Create(CultureInfo.InvariantCulture, $"to-{send.To}-{++_sendersEver}");
        _senders[send.To] = Context.ActorOf(SnapshotSender.Props(store, peers, send, Sender, pace), name);
    }

    private void OnStartBackup(IActorRef client)
    {
        if (_backups.TryGetValue(client, out var running))
        {
            running.Tell(BackupSender.AnnounceAgain.Instance);
            return;
        }

        if (_backups.Count >= BackupSender.BackupsMax)
        {
            client.Tell(new ClientRefused(
                store.Server, $"{store.Server} sends {_backups.Count} backups, and no more at a time", IsFinal: false));
            return;
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"backup-{++_sendersEver}");
        var sender = Context.ActorOf(BackupSender.Props(store, Sender, client, pace.ChunkBytes), name);
        _backups[client] = Context.Watch(sender);   // A child of this very actor.
    }

    private void OnBackupEnded(IActorRef sender)
    {
        foreach (var (client, ended) in _backups)
            if (ended.Equals(sender)) _backups.Remove(client);
    }

    private void OnChunkAcknowledged(ChunkAcknowledged acknowledged)
    {
        if (_senders.TryGetValue(acknowledged.By, out var sender)) sender.Tell(acknowledged);
    }

    private void Stop(ServerId to)
    {
        if (_senders.Remove(to, out var sender)) Context.Stop(sender);
    }
}
