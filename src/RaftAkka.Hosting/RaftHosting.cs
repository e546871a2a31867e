using Akka;
using Akka.Actor;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Microsoft.Extensions.DependencyInjection;
using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Settings;

namespace RaftAkka.Hosting;

/// <summary>Raft servers and clients in an application that hosts Akka.NET.</summary>
public static class RaftHosting
{
    /// <summary>
    /// Hosts a Raft server in this actor system. Its actor is <see cref="IRequiredActor{TActor}"/> of
    /// <see cref="RaftNode"/>.
    /// </summary>
    /// <param name="builder">The actor system to be.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">A name is none; the message says which.</exception>
    /// <exception cref="RaftConfigurationException">Options are missing or wrong; the message lists the mistakes.</exception>
    public static AkkaConfigurationBuilder WithRaft(
        this AkkaConfigurationBuilder builder, Action<RaftOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);

        var options = new RaftOptions();
        configure(options);
        var settings = options.ToSettings();
        List<string> mistakes = [.. SettingRules.Mistakes(settings, property => property, _ => true)];
        if (options.StateMachine is null) mistakes.Add("StateMachine is missing: say what the cluster replicates.");
        SettingRules.Require(nameof(RaftOptions), mistakes);
        return builder.WithRaft(settings, options.StateMachine!, options.ConfigureRemoting);
    }

    /// <summary>Hosts a Raft server in this actor system.</summary>
    /// <param name="builder">The actor system to be.</param>
    /// <param name="settings">What the server has to know.</param>
    /// <param name="machine">Makes the state machine, a new and empty one.</param>
    /// <param name="configureRemoting">Whether remoting is set up to listen on the server's own address.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="RaftConfigurationException">The settings cannot work; the message lists the mistakes.</exception>
    public static AkkaConfigurationBuilder WithRaft(
        this AkkaConfigurationBuilder builder, RaftNodeSettings settings, Func<IStateMachine> machine,
        bool configureRemoting = true)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(machine);

        settings.Validate();
        var own = settings.Members.Single(member => member.Server == settings.Server);
        if (configureRemoting) builder.ListenOn(own.Address, settings.Listen);

        builder.AddHocon(ReferenceConfig.Default, HoconAddMode.Append);
        return builder.WithActors((system, registry) =>
        {
            var node = system.ActorOf(RaftNode.Props(settings, machine), settings.Group.Value);
            registry.Register<RaftNode>(node);

            // While its clients are still served; the leader gives up after an election timeout by itself.
            CoordinatedShutdown.Get(system).AddTask(
                CoordinatedShutdown.PhaseBeforeServiceUnbind, $"raft-hand-over-{settings.Group}",
                () => HandOverAsync(node, settings.ElectionTimeoutMax * 2));
        });
    }

    private static async Task<Done> HandOverAsync(IActorRef node, TimeSpan patience)
    {
        try
        {
            await node.Ask<ReadyToStop>(PrepareToStop.Instance, patience).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            // The node has stopped, or hangs: nothing is lost, the others will elect.
        }

        return Done.Instance;
    }

    /// <summary>
    /// Starts a client with this actor system. With <see cref="AddRaftClient"/> the <see cref="RaftClient"/> comes
    /// from dependency injection.
    /// </summary>
    /// <param name="builder">The actor system to be.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">A name is none; the message says which.</exception>
    /// <exception cref="RaftConfigurationException">Options are missing or wrong; the message lists the mistakes.</exception>
    public static AkkaConfigurationBuilder WithRaftClient(
        this AkkaConfigurationBuilder builder, Action<RaftClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);

        var options = new RaftClientOptions();
        configure(options);
        options.ToSettings(systemName: "any");   // What is wrong shows here, and not only when the host starts.
        return builder.StartClient(system => options.ToSettings(system.Name), options.ListenOn);
    }

    /// <summary>Starts a client with this actor system.</summary>
    /// <param name="builder">The actor system to be.</param>
    /// <param name="settings">The cluster and where to find it.</param>
    /// <param name="listenOn">The host to listen on for answers; null where remoting is set up already.</param>
    /// <returns>The same builder.</returns>
    public static AkkaConfigurationBuilder WithRaftClient(
        this AkkaConfigurationBuilder builder, RaftClientSettings settings, string? listenOn = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(settings);
        return builder.StartClient(_ => settings, listenOn);
    }

    /// <summary>
    /// Makes the <see cref="RaftClient"/> that <c>WithRaftClient</c> starts available from dependency injection, once
    /// the actor system runs. A typed client over it is then a plain singleton:
    /// <c>services.AddSingleton&lt;KeyValueClient&gt;()</c>.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddRaftClient(this IServiceCollection services) =>
        services.AddSingleton(provider => HostedClient.Of(provider.GetRequiredService<ActorSystem>()));

    private static AkkaConfigurationBuilder StartClient(
        this AkkaConfigurationBuilder builder, Func<ActorSystem, RaftClientSettings> settings, string? listenOn)
    {
        if (listenOn is not null) builder.WithRemoting(new RemoteOptions { HostName = listenOn, Port = 0 });
        builder.AddHocon(ReferenceConfig.Default, HoconAddMode.Append);
        return builder.WithActors((system, _) => HostedClient.Start(system, settings(system)));
    }

    private static void ListenOn(this AkkaConfigurationBuilder builder, string reachedAt, string? listen)
    {
        var address = MemberAddresses.ToAkka(reachedAt, system: "any");
        var door = MemberAddresses.ToAkka(listen ?? reachedAt, system: "any");
        builder.WithRemoting(new RemoteOptions
        {
            HostName = door.Host, Port = door.Port, PublicHostName = address.Host, PublicPort = address.Port,
        });
    }
}
