using System.CommandLine;

namespace RaftAkka.Tool.Cli;

/// <summary>One verb of the command line, with the examples that its help ends with.</summary>
internal sealed class Verb : Command
{
    public Verb(string name, string description, params string[] examples) : base(name, description) =>
        Examples = examples;

    public IReadOnlyList<string> Examples { get; }
}
