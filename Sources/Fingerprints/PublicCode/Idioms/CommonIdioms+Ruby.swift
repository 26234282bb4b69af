extension CommonIdioms {
    static let ruby = #"""
        # frozen_string_literal: true
        require 'json'
        require_relative 'item/version'
        module Example
          class Item < Base
            include Comparable
            attr_reader :name, :size
            attr_accessor :options
            def initialize(name, options = {})
              @name = name
              @options = options
              @items = []
            end
            def initialize(app, *args, &block)
              @app = app
              @block = block
            end
            def call(env)
              status, headers, body = @app.call(env)
              [status, headers, body]
            end
            def ==(other)
              other.is_a?(Item) && name == other.name
            end
            def <=>(other)
              name <=> other.name
            end
            def hash
              name.hash
            end
            def to_s
              "#{name}: #{size}"
            end
            def each(&block)
              return to_enum(:each) unless block_given?
              @items.each(&block)
            end
            def method_missing(name, *args, &block)
              if @target.respond_to?(name)
                @target.send(name, *args, &block)
              else
                super
              end
            end
            def respond_to_missing?(name, include_private = false)
              @target.respond_to?(name, include_private) || super
            end
            def self.load(path)
              File.open(path, 'r') do |f|
                f.each_line do |line|
                  next if line.strip.empty?
                  key, value = line.split('=', 2)
                  result[key] = value
                end
              end
              result
            rescue Errno::ENOENT => e
              raise ArgumentError, "cannot read #{path}: #{e.message}"
            end
          end
        end
        describe 'item' do
          before do
            @item = Item.new('a')
          end
          it 'has a name' do
            expect(item.name).to eq('a')
            expect(item).to be_empty
            expect { item.run }.to raise_error(ArgumentError)
          end
        end
        class TestItem < Minitest::Test
          def setup
            @item = Item.new
          end
          def test_name
            assert_equal 'a', @item.name
            refute_nil @item.size
            assert_raises(ArgumentError) { @item.run }
          end
        end
        """#
}
