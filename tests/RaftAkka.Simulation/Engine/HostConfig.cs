using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;

namespace RaftAkka.Simulation.Engine;

/// <summary>The settings that put an actor system under the simulator.</summary>
internal static class HostConfig
{
    public const string SystemName = "raftakka";
    public const int Port = 4053;

    private static readonly string Assembly = typeof(HostConfig).Assembly.GetName().Name!;

    private static readonly string Dispatcher =
        $"type = \"{typeof(SimulatedDispatcherConfigurator).FullName}, {Assembly}\"";

    private static readonly string Mailbox = $"mailbox-type = \"{typeof(SimulatedMailbox).FullName}, {Assembly}\"";

    /// <summary>Parsed once: making a system takes about two milliseconds, of which parsing would be the most.</summary>
    public static readonly ActorSystemSetup Setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(
        ConfigurationFactory.ParseString($$"""
            akka {
              # A logger is an actor that the system waits for; the world reads the event stream instead.
              loggers = []
              stdout-loglevel = OFF
              loglevel = WARNING
              log-dead-letters = off
              log-dead-letters-during-shutdown = off
              scheduler.implementation = "{{typeof(SimulatedScheduler).FullName}}, {{Assembly}}"
              coordinated-shutdown {
                terminate-actor-system = off
                run-by-actor-system-terminate = off
                run-by-clr-shutdown-hook = off
                exit-clr = off
              }
              actor {
                default-dispatcher { {{Dispatcher}} }
                internal-dispatcher { {{Dispatcher}} }
                default-blocking-io-dispatcher { {{Dispatcher}} }
                default-mailbox { {{Mailbox}} }
                mailbox.unbounded-queue-based { {{Mailbox}} }
                mailbox.unbounded-deque-based { {{Mailbox}} }
              }
            }
            raft.dispatcher { {{Dispatcher}} }
            raft.machine-dispatcher { {{Dispatcher}} }
            raft.log-dispatcher { {{Dispatcher}} }
            raft.snapshot-dispatcher { {{Dispatcher}} }
            """)));
}
