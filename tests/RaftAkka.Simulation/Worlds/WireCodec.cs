using Akka.Actor;
using RaftAkka.Simulation.Engine;
using RaftAkka.Wire;

namespace RaftAkka.Simulation.Worlds;

/// <summary>Takes every message between hosts through the product's own serializer, there and back.</summary>
internal sealed class WireCodec
{
    private RaftSerializer? _serializer;

    public object RoundTrip(Host host, object message)
    {
        _serializer ??= new RaftSerializer((ExtendedActorSystem)host.System);
        return _serializer.FromBinary(_serializer.ToBinary(message), _serializer.Manifest(message));
    }
}
