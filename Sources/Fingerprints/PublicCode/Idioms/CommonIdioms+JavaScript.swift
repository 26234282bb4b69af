extension CommonIdioms {
    static let javaScript = #"""
        "use strict";
        const fs = require("fs");
        const path = require("path");
        const express = require("express");
        import React, { useEffect, useState, useCallback } from "react";
        import { render, screen } from "@testing-library/react";
        export default class Item extends Base {
            constructor(name, options) {
                super(name, options);
                this.name = name;
                this.options = options || {};
                this.items = [];
            }
            get size() {
                return this._size;
            }
            set size(value) {
                this._size = value;
            }
            toString() {
                return `${this.name}: ${this.size}`;
            }
        }
        export class Emitter {
            private listeners: Map<string, Set<Listener>> = new Map();
            constructor(private readonly name: string, public size: number) {}
            on(event: string, listener: Listener): void {
                if (!this.listeners.has(event)) {
                    this.listeners.set(event, new Set());
                }
                this.listeners.get(event)!.add(listener);
            }
            off(event: string, listener: Listener): void {
                this.listeners.get(event)?.delete(listener);
            }
            emit(event: string, ...args: any[]): void {
                this.listeners.get(event)?.forEach((listener) => listener(...args));
            }
        }
        export interface Options {
            name: string;
            size?: number;
            items: string[];
            onChange?: (value: string) => void;
        }
        export const List: React.FC<Props> = ({ id, title }) => {
            const [items, setItems] = useState<Item[]>([]);
            const [loading, setLoading] = useState(true);
            const [error, setError] = useState<string | null>(null);
            useEffect(() => {
                let cancelled = false;
                fetch(`/api/items/${id}`)
                    .then((res) => res.json())
                    .then((data) => {
                        if (!cancelled) setItems(data);
                    })
                    .catch((err) => setError(err.message))
                    .finally(() => setLoading(false));
                return () => {
                    cancelled = true;
                };
            }, [id]);
            if (loading) return <div>Loading...</div>;
            if (error) return <div className="error">{error}</div>;
            return (
                <ul>
                    {items.map((item) => (
                        <li key={item.id}>{item.name}</li>
                    ))}
                </ul>
            );
        };
        const app = express();
        app.use(express.json());
        app.get("/items/:id", async (req, res, next) => {
            try {
                const item = await Item.findById(req.params.id);
                if (!item) {
                    return res.status(404).json({ error: "not found" });
                }
                res.json(item);
            } catch (err) {
                next(err);
            }
        });
        app.listen(3000, () => console.log("listening"));
        function Shape(name, options) {
            if (!(this instanceof Shape)) return new Shape(name, options);
            Base.call(this, name);
            this.name = name;
            var self = this;
            options = options || {};
        }
        Shape.prototype = Object.create(Base.prototype);
        Shape.prototype.constructor = Shape;
        Shape.prototype.setContent = function (content) {
            if (this._content) {
                this._content.update(content);
            }
            return this;
        };
        function examples() {
            for (var i = 0, len = items.length; i < len; i++) {
                if (items[i].name === name) {
                    return items[i];
                }
            }
            for (var key in options) {
                if (Object.prototype.hasOwnProperty.call(options, key)) {
                    result[key] = options[key];
                }
            }
            Object.keys(options).forEach(function (key) {
                result[key] = options[key];
            });
            fs.readFile(file, "utf8", function (err, data) {
                if (err) return callback(err);
                callback(null, JSON.parse(data));
            });
            if (typeof callback === "function") {
                callback(null, result);
            }
            return new Promise((resolve, reject) => {
                setTimeout(resolve, 1000);
                stream.on("end", () => resolve(result));
                stream.on("error", (err) => reject(err));
            });
            const names = items.filter((item) => item.size > 0).map((item) => item.name);
            const total = items.reduce((sum, item) => sum + item.size, 0);
            element.addEventListener("click", function (event) {
                event.preventDefault();
                event.stopPropagation();
            });
            module.exports = { run, stop };
        }
        async function load(url) {
            const response = await fetch(url, {
                method: "POST",
                headers: { "Content-Type": "application/json" },
                body: JSON.stringify(data),
            });
            if (!response.ok) {
                throw new Error(`HTTP ${response.status}`);
            }
            return await response.json();
        }
        describe("item", () => {
            beforeEach(() => {
                jest.resetAllMocks();
            });
            it("does something", async () => {
                const wrapper = shallow(<Item />);
                expect(wrapper).toMatchSnapshot();
                expect(wrapper.find("div").length).toBe(1);
                expect(result).toEqual({ name: "value" });
                expect(fn).toHaveBeenCalledTimes(1);
                expect(() => run()).toThrow();
            });
            test("does something else", () => {
                render(<Item name="a" />);
                expect(screen.getByText("a")).toBeInTheDocument();
            });
        });
        export default function reducer(state = initialState, action) {
            switch (action.type) {
                case ADD:
                    return { ...state, items: [...state.items, action.payload] };
                case REMOVE:
                    return { ...state, items: state.items.filter((item) => item.id !== action.id) };
                default:
                    return state;
            }
        }
        module.exports = {
            mode: "production",
            entry: "./src/index.js",
            output: { path: path.resolve(__dirname, "dist"), filename: "[name].js" },
            module: { rules: [{ test: /\.css$/, use: ["style-loader", "css-loader"] }] },
        };
        """#
}
